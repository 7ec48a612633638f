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

    def __init__(self, amount: float, seconds: float, most: int = 20_000) -> None:
        self._step = seconds / amount
        self._slack = seconds - self._step + 1e-9
        self._most = most
        self._until: dict[object, float] = {}

    def wait(self, key: object) -> float:
        """Count one more of `key`: 0.0, or the seconds until it may (and then it is not counted).

        Two threads at one moment may count as one.
        """
        now = time.monotonic()
        ahead = self._until.get(key, now) - now
        if ahead > self._slack:
            return ahead - self._slack
        if len(self._until) >= self._most:
            self._forget(now)
        self._until[key] = now + (ahead if ahead > 0 else 0) + self._step
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop whoever has been quiet; if that is nobody, everybody: memory has its limit too."""
        self._until = {key: until for key, until in self._until.copy().items() if until > now}
        if len(self._until) >= self._most:
            self._until.clear()

    def clear(self) -> None:
        """Nobody has done anything (tests)."""
        self._until.clear()
