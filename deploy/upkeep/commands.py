"""What the operator does by hand: `flask --app app restore FILE`, and `doctor`."""

import json
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

import config
from config import Settings
from deploy.upkeep import restoring


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside what is in the data folder already.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Bring the backup FILE back into the data folder (TEND_DATA) of a Tend that is stopped."""
    settings: Settings = current_app.config["TEND"]
    try:
        manifest, aside = restoring.restore(settings, file, replace=replace)
    except restoring.CannotRestore as error:
        raise click.ClickException(str(error)) from None
    made = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(
        f"{settings.tend_data} is as it was at {made}: {sum(manifest.rows.values()):,} rows, "
        f"{sum(name.startswith('files/') for name in manifest.members):,} files, each verified."
    )
    if aside.exists():
        click.echo(f"What was there before lies in {aside}: delete it when all is well.")
    click.echo(
        "Everybody has to sign in again. A password, a token or a passkey that was changed or "
        "ended since then is as it was: look at those that were ended for a reason. What was due "
        "since then may be sent again."
    )
    for name in restoring.strangers(config.load(), manifest):
        click.echo(
            f"{name} IS NOT THE ONE OF THE BACKUP: set it to that, or nobody can sign in.", err=True
        )


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--url", default="", help="An address to call as a webhook is called (a POST).")
@with_appcontext
def doctor(as_json: bool, url: str) -> None:
    """Look at everything that Tend needs, running or stopped; exit 1 when something fails."""
    from deploy.upkeep import doctor as doctors  # late: it knows every part

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # for threads
    found = doctors.look(doctors.house_of(app, url))
    if as_json:
        click.echo(json.dumps(doctors.as_json(found), indent=1))
    else:
        click.echo(doctors.table(found))
    if not doctors.is_well(found):
        raise SystemExit(1)


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(restore)
    app.cli.add_command(doctor)
