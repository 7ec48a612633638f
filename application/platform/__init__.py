"""What every domain stands on: database, cache, queue, clock, errors, files."""
