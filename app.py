"""The web process: `granian app:app` or `flask --app app`."""

import sys

import api
import loglines
from application import create_app
from config import ConfigError
from deploy.upkeep import commands

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Tend cannot start. {error}")
loglines.begin(app.config["TEND"])
api.init_app(app)
commands.init_app(app)
