"""The one file of a finished report: its pictures for mails and its PDF, in a .zip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from application.platform import storage
from application.platform.errors import NotFound

PDF = "report.pdf"


def write(path: Path, pictures: Sequence[bytes], pdf: bytes) -> None:
    """Write them; PNG and PDF are packed already."""
    with ZipFile(path, "w", ZIP_STORED) as file:
        for number, picture in enumerate(pictures, 1):
            file.writestr(f"chart-{number}.png", picture)
        file.writestr(PDF, pdf)


def read_pictures(name: str | None) -> list[bytes]:
    """The pictures in their order. Raises NotFound when the file is gone or damaged."""
    with _open(name) as file:
        many = sum(entry.endswith(".png") for entry in file.namelist())
        return [file.read(f"chart-{number}.png") for number in range(1, many + 1)]


def read_pdf(name: str | None) -> bytes:
    """The PDF. Raises NotFound when the file is gone or damaged."""
    with _open(name) as file:
        return file.read(PDF)


@contextmanager
def _open(name: str | None) -> Iterator[ZipFile]:
    path = storage.path_of(name) if name else None
    if path is None or not path.is_file():
        raise NotFound("The file of this report is gone. Please make it again.")
    try:
        with ZipFile(path) as file:
            yield file
    except (BadZipFile, KeyError, EOFError):  # cut short, as by a power failure
        raise NotFound("The file of this report is damaged. Please make it again.") from None
