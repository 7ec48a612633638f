"""Every proof that Tend does what it says."""
