"""Who someone is and how they like to be treated: accounts, sessions, data versions."""
