"""Messages that must reach someone: the outbox."""
