"""The shape in which a job is shown."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from application.jobs.models import State


class JobOut(BaseModel):
    """A job as its owner sees it; `total` is 0 while unknown."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    state: State
    step: str
    done: int
    total: int
    result: dict[str, Any]
    error: str | None
    filename: str | None
    size: int | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


class JobPage(BaseModel):
    """A page of jobs, newest first; `next` goes into `?after=`."""

    items: list[JobOut]
    next: int | None
