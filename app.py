"""The web process: `granian app:app` or `flask --app app`."""

import api
import loglines
from application import create_app

app = create_app()
loglines.begin(app.config["TEND"])
api.init_app(app)
