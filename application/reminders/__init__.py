"""The evening nudge: who is due, and what to say when something has no entry."""
