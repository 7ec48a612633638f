"""The web process: `granian app:app` or `flask --app app`."""

import api
from application import create_app

app = create_app()
api.init_app(app)
