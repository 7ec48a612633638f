"""The base of every shape that comes in: strict types, and no field that nobody asked for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """Base of JSON bodies: `true` is not 1, "1" is not 1, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


# A larger one could not even be looked for: PostgreSQL refuses to compare it.
RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]
