"""What an import replaced, so that undoing it can give the old values back."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from application.logs.models import NOTE_LENGTH
from application.platform.database import Base, BigId


class ReplacedLog(Base):
    """A log as it was before an import took the file's value instead.

    `version_left` is the log's version after that: a later one means that somebody edited it,
    and undoing the import leaves it alone. `removed`: the import put it into the trash, because
    the file had one value for a day that had several here.
    """

    __tablename__ = "replaced_logs"

    log_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("logs.id", ondelete="CASCADE"), primary_key=True
    )
    import_id: Mapped[int] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[float | None] = mapped_column()
    choice_id: Mapped[int | None] = mapped_column()
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    version: Mapped[int] = mapped_column()
    version_left: Mapped[int] = mapped_column()
    removed: Mapped[bool] = mapped_column(default=False)
