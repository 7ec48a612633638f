"""What the operator does by hand: `flask --app app backup FILE`."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from application.backups import services
from application.backups.archive import DATABASE
from config import Settings


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything that is somebody's into FILE (a new .tar.gz), while Tend runs or not."""
    settings: Settings = current_app.config["TEND"]
    try:
        manifest = services.make(settings, file, current_app.config["RELEASE"])
    except services.CannotBackUp as error:
        raise click.ClickException(str(error)) from None
    files = sum(name.startswith("files/") for name in manifest.members)
    held = [name for name in manifest.members if name.startswith("secrets/")]
    click.echo(
        f"{file}: {file.stat().st_size:,} bytes, written and read back. The database (schema "
        f"{manifest.revision}, {sum(manifest.rows.values()):,} rows, "
        f"{manifest.members[DATABASE].size:,} bytes), {files:,} stored files."
    )
    if manifest.gone:
        click.echo(f"{len(manifest.gone):,} stored files are not in it: they are no longer there.")
    if held:
        click.echo(
            f"IT HOLDS THE SECRETS of this Tend ({len(held)}) and everybody's entries, readable. "
            "Whoever has it can sign in as anybody: keep it private, and encrypt it where others "
            "could read it."
        )
    for name in manifest.elsewhere:
        click.echo(
            f"{name.upper()} IS NOT IN IT, for it comes from your settings: keep that too. "
            "Without it nobody can sign in to the restored copy."
        )


def init_app(app: Flask) -> None:
    """Add the command to `flask`."""
    app.cli.add_command(backup)
