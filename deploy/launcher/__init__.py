"""`python -m deploy.launcher`: everything Tend needs on one machine, started and stopped as one."""


class CannotStart(Exception):
    """Tend cannot start; the message is one sentence that says what to do."""
