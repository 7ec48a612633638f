"""Work a person can watch: exports, imports and later reports, each a row with a state."""
