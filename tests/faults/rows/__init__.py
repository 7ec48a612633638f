"""What the rows of the fault table have in common: load, the outcome, and what is kept of it."""
