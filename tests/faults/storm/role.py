"""`python -m tests.faults.storm.role MODULE ROLE`: the launcher's role, with MODULE for `workers`.

The arguments are those of production; only what Celery loads is another module of this folder.
"""

import os
import sys

from deploy.launcher import role

execv = os.execv


def become(path: str, program: list[str]) -> None:
    """Load `MODULE:celery` where the launcher says `workers:celery`."""
    module = f"tests.faults.storm.{sys.argv[1]}:celery"
    execv(path, [module if part == "workers:celery" else part for part in program])


if __name__ == "__main__":
    os.execv = become  # type: ignore[assignment]
    role.main(sys.argv[2])
