"""Files that people bring in or take out, kept in one folder that every node can reach."""

import secrets
from pathlib import Path

from flask import current_app


def folder() -> Path:
    """Where the files lie (STORAGE_DIR), made on first use, ours alone."""
    path: Path = current_app.config["TEND"].storage_dir
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def new_name(suffix: str) -> str:
    """A name nobody can guess and no person chose, such as `3f0c….csv`."""
    return secrets.token_hex(16) + suffix


def path_of(name: str) -> Path:
    """The file of that name, which must be one of ours (no path in it)."""
    if Path(name).name != name or name.startswith("."):
        raise ValueError("not a stored file's name")
    return folder() / name


def beside(name: str, what: str) -> Path:
    """A working file that belongs to a stored one and is deleted with it."""
    return path_of(f"{name}.{what}")


def delete(name: str | None) -> None:
    """Remove the file and what lies beside it; a missing one is fine, so clean-ups can repeat."""
    if name:
        path_of(name).unlink(missing_ok=True)
        for companion in folder().glob(f"{name}.*"):
            companion.unlink(missing_ok=True)
