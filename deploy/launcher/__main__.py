"""Checks, locks, binds, upgrades, then runs everything until it is told to stop."""

import os
import sys

import config
from deploy.launcher import CannotStart, checks, lock, schema
from deploy.upkeep import moving


def main() -> int:
    os.umask(0o077)  # whatever is made from here on is its owner's alone: this is intimate data
    try:
        settings = config.load()
        checks.pango_is_there()
        checks.can_be_written(settings.tend_data, "TEND_DATA")
        checks.can_be_written(settings.storage_dir, "STORAGE_DIR")
        holding = lock.take(settings.tend_data)
        if ended := lock.end_leftovers(settings.tend_data):
            print(f"Ended {ended} processes of a Tend that was killed.", flush=True)
        if moving.finish(settings):
            print("A restore that was broken off was brought to its end.", flush=True)
            settings = config.load()  # its secrets are those of the backup now
        listener = None
        if "web" in settings.roles.split(","):
            listener = checks.listen(settings.host, settings.port)
        checks.say_who_runs_it()
        (settings.tend_data / "logs").mkdir(mode=0o700, exist_ok=True)
        schema.bring_up_to_date(settings, holding)
    except (config.ConfigError, CannotStart) as error:
        print(f"Tend cannot start. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

    from deploy.launcher import supervise  # after the checks, so that their answers come at once

    print(f"Tend is starting; its logs are in {settings.tend_data / 'logs'}.", flush=True)
    failed = supervise.run(settings, listener)
    holding.close()
    if failed:
        words = supervise.last_words(settings, failed)
        log = settings.tend_data / "logs" / f"{failed}.log"
        print(
            f"Tend cannot start. Its {failed} stops at once: {words} (see {log}).", file=sys.stderr
        )
        return 1
    print("Tend has stopped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
