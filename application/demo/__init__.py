"""An account with a believable year in it, to look at Tend with (`make demo`)."""
