"""Who someone is and how they like to be treated: accounts, sessions, data versions."""

from application.accounts import later

later.import_security()
