"""The values people record, and the days they belong to."""
