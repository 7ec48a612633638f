"""What several tests of the API share."""

from collections.abc import Iterator

import pytest
from flask import Flask

from application.accounts import oidc
from tests import issuers
from tests.issuers import Issuer, serving


@pytest.fixture
def issuer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """An issuer, and an application that knows it."""
    oidc.forget_issuers()
    with serving() as found:
        found.person = {**issuers.MIRA, "email_verified": True}
        monkeypatch.setitem(app.config, "TEND", issuers.using(app.config["TEND"], found.name))
        yield found
