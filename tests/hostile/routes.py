"""Every route that the application serves, with whatever ids one likes in its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from tests.hostile import bodies

# What stands in a path and is nobody's: it is the same for whoever asks.
PLAIN = {"token": "x" * 43, "path": "none-such", "filename": "none-such.js", "name": "none-such"}
# What only its owner may know of, and what everybody knows of who follows the tracker.
OF_ONE = (
    *("job_id", "report_id", "delivery_id"),
    *("session_id", "passkey_id", "token_id", "identity_id"),
)
OF_TRACKER = ("tracker_id", "choice_id", "link_id", "log_id")
OF_ADMIN = ("user_id", "person_id")  # operators alone may name people by a number
COUNTED = ("number",)  # the place of a picture in a report


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule of the URL map."""

    method: str
    rule: Rule

    @property
    def where(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def ids(self) -> list[str]:
        """The arguments that name something of somebody's; an unknown one is an error."""
        found = sorted(self.rule.arguments - set(PLAIN))
        for name in found:
            if name not in (*OF_ONE, *OF_TRACKER, *OF_ADMIN, *COUNTED):
                raise LookupError(f"{self.where}: what is {name}? Say so in tests/hostile/routes")
        return found

    def url(self, ids: Mapping[str, int | str]) -> str:
        """Its path, with those ids."""
        built = self.rule.build({name: {**PLAIN, **ids}[name] for name in self.rule.arguments})
        assert built is not None, self.where
        return built[1]

    def body(self) -> dict[str, object] | None:
        """A good body by api.yaml; None when it takes none."""
        return bodies.named(f"{self.rule.endpoint}.{self.method.lower()}")


def openapi_path(rule: Rule) -> str:
    """The rule as api.yaml writes it."""
    parts = "".join(
        f"{{{data}}}" if is_dynamic else data for is_dynamic, data in rule._trace if data != "|"
    )
    return parts.removeprefix("|").removeprefix("/api/v1")


def routes(app: Flask, *, with_head: bool = False) -> Iterator[Route]:
    """Every method of every rule; OPTIONS is answered by Flask, HEAD is GET without its body."""
    left_out = {"OPTIONS"} if with_head else {"OPTIONS", "HEAD"}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - left_out):
            yield Route(method, rule)
