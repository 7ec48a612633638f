"""Data in and out: taking everything along as CSV, and bringing files in without losing a line."""
