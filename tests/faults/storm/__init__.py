"""Many messages due at once while everything around them is killed, and what became of each."""
