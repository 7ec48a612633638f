"""Measurements against references of the same run: `make bench` prints one table."""
