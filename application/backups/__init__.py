"""Copies of everything that is somebody's, made while Tend runs: by hand, and each night."""
