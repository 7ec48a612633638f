"""A counter in the process: how much somebody does here, without asking anything outside.

For what happens too often to ask Redis each time. Each process counts for itself, so behind n of
them somebody may do up to n times as much; that bounds what one person can use up, and no more is
claimed. (`limits.storage.MemoryStorage` starts a thread for each burst, a tenth of a request.)
"""

import time


class Throttle:
    """`amount` at once, and as many again in every `seconds`: GCRA, one moment kept for each key.

    Source: the generic cell rate algorithm, ITU-T I.371, annex A (virtual scheduling).
    """

    def __init__(self, amount: int, seconds: float, most: int = 20_000) -> None:
        self.amount = amount
        self.seconds = seconds
        self._most = most
        self._until: dict[object, float] = {}

    def wait(self, key: object, times: float = 1) -> float:
        """Count one more of `key`: 0.0, or the seconds until it may (and then it is not counted).

        `times`: how many times `amount` holds for it. Two threads at one moment may count as one.
        """
        now = time.monotonic()
        until = self._until.get(key, now)
        if until < now:
            until = now
        over = until - now - self.seconds * (1 - 1 / (self.amount * times))
        if over > 1e-9:
            return over
        if len(self._until) >= self._most:
            self._forget(now)
        self._until[key] = until + self.seconds / (self.amount * times)
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop whoever has been quiet; if that is nobody, everybody: memory has its limit too."""
        self._until = {key: until for key, until in self._until.copy().items() if until > now}
        if len(self._until) >= self._most:
            self._until.clear()

    def clear(self) -> None:
        """Nobody has done anything (tests)."""
        self._until.clear()
