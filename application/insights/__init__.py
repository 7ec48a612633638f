"""What the values say: statistics, days, streaks, charts."""
