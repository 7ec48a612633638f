"""What the operator does beside running Tend: bring a backup back, and ask whether all is well."""
