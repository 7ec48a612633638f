"""The base of every shape that comes in: strict types, and no field that nobody asked for."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """Base of JSON bodies: `true` is not 1, "1" is not 1, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
