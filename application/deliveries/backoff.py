"""How long to wait before another try: longer each time, and not all at the same moment. Pure."""

import random

FIRST = 5.0
FACTOR = 3.0
LONGEST = 30 * 60.0


def pause_before(attempt: int, retry_after: float | None = None) -> float:
    """Seconds before try number `attempt` (the second is 2): exponential with equal jitter.

    Half of the wait is certain, half is chance, so that many that fell over together do not come
    back together (AWS Architecture Blog, "Exponential Backoff And Jitter", "equal jitter").
    Never less than `retry_after`, which the other side asked for.
    """
    whole = min(FIRST * FACTOR ** min(attempt - 2, 20), LONGEST)
    pause = whole / 2 + random.uniform(0, whole / 2)  # noqa: S311  # nosec B311  # no secret
    return max(pause, retry_after or 0.0)
