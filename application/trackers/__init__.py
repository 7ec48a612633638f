"""What a person follows: trackers, their kinds and choices, and the people they are shared with."""
