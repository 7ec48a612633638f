"""Every setting of Tend: typed, read once from the environment, and named when it is wrong.

`load()` is the one door: it reads the environment (and a `.env` file beside this one), takes
`NAME_FILE` in place of any secret, makes the data folder's own secrets on the first start, and
raises `ConfigError` with a sentence that names the setting. Nothing else reads `os.environ`.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from ipaddress import IPv6Address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote, urlsplit

from dotenv import dotenv_values
from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT: Final = Path(__file__).resolve().parent
ENV_FILE: Final = ROOT / ".env"
MIN_SECRET: Final = 32
NOWHERE: Final = Path()
# A Unix socket's path holds at most 107 bytes; "/valkey.sock" takes 12 of them.
LONGEST_SOCKET_FOLDER: Final = 95

# What a person writes in lower case in .env still means the level or mode that we know.
Upper = BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
Lower = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)

# These may hold a password: each may also be given as NAME_FILE, and none is ever printed.
SECRETS: Final = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECURITY_PASSWORD_SALT",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "SMTP_PASSWORD",
)
SCHEMES: Final = {
    "database_url": ("postgresql+psycopg://", "sqlite:///"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "celery_broker_url": ("redis://", "rediss://", "redis+socket://", "amqp://", "amqps://"),
}
# These two are made on the first start, and kept in the data folder, when nobody gave them.
GENERATED: Final = ("SECRET_KEY", "SECURITY_PASSWORD_SALT")


class ConfigError(Exception):
    """A setting is wrong or missing; the message names it and says what to do."""


class Settings(BaseSettings):
    """Every setting, in the lower case of its environment name; .env.example says what each is."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, validate_default=True, env_file=None
    )

    # Where it listens and what the world calls it
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)

    # Where it keeps things
    tend_data: Path = ROOT / "var"
    storage_dir: Path = NOWHERE
    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    celery_broker_url: str = Field(default="", repr=False)
    sqlite_synchronous: Annotated[Literal["NORMAL", "FULL"], Upper] = "NORMAL"

    # Who gets in
    secret_key: str = Field(default="", repr=False)
    secret_key_fallbacks: str = Field(default="", repr=False)
    security_password_salt: str = Field(default="", repr=False)
    registration: Annotated[Literal["open", "invite", "closed"], Lower] = "open"
    two_factor: Annotated[Literal["optional", "required"], Lower] = "optional"

    # Mail
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_security: Annotated[Literal["starttls", "tls", "none"], Lower] = "starttls"
    smtp_timeout: float = Field(default=10, gt=0, le=60)
    mail_from: str = ""

    # Where webhooks may go
    webhook_trusted_hosts: str = ""

    # What runs here, and how much at a time
    roles: str = "web,worker,beat"
    web_workers: int = Field(default=2, ge=1, le=64)
    job_workers: int = Field(default=2, ge=1, le=64)
    send_workers: int = Field(default=2, ge=1, le=64)
    max_import_mb: int = Field(default=50, ge=1, le=1024)
    export_hours: int = Field(default=24, ge=1, le=720)
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Upper] = "INFO"

    @field_validator("tend_data", "storage_dir")
    @classmethod
    def absolute(cls, path: Path) -> Path:
        return path if path == NOWHERE else path.expanduser().absolute()

    @field_validator("public_url")
    @classmethod
    def an_origin(cls, url: str) -> str:
        url = url.rstrip("/")
        parts = urlsplit(url)
        port = parts.port  # raises ValueError, which is what we want, when it is no number
        if not url:
            return url
        if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
            raise ValueError("must start with http:// or https:// and name a host")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("must be the address alone, without a path, like https://tend.example")
        return url

    @field_validator(*SCHEMES)
    @classmethod
    def a_known_server(cls, url: str, info: ValidationInfo) -> str:
        # "postgres://" is what hosting services hand out; SQLAlchemy wants the driver said.
        url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
        known = SCHEMES[info.field_name or ""]
        if url and not url.startswith(known):
            raise ValueError(f"must start with {', '.join(known)}")
        if url in {"sqlite:///", "sqlite:///:memory:"}:
            raise ValueError("must name a file: several processes share it")
        return url

    @field_validator("webhook_trusted_hosts")
    @classmethod
    def exact_hosts(cls, listed: str) -> str:
        named = [host.strip().lower() for host in listed.split(",") if host.strip()]
        for host in named:
            match = re.fullmatch(r"(?:\[([0-9a-f:.]+)\]|[a-z0-9._-]+):([0-9]{1,5})", host)
            plain = match and (match[1] is None or str(IPv6Address(match[1])) == match[1])
            if not match or not plain or not 1 <= int(match[2]) <= 65535:
                raise ValueError("must be exact host:port, as ntfy.lan:80, with commas between")
        return ",".join(named)

    @field_validator("roles")
    @classmethod
    def known_roles(cls, roles: str) -> str:
        named = [role.strip().lower() for role in roles.split(",")]
        if not set(named) <= {"web", "worker", "beat"}:
            raise ValueError("must be some of web, worker and beat, with commas between")
        return ",".join(named)

    @field_validator("secret_key", "security_password_salt")
    @classmethod
    def long_enough(cls, secret: str) -> str:
        if secret and len(secret) < MIN_SECRET:
            raise ValueError(f"must have at least {MIN_SECRET} characters")
        return secret

    @field_validator("secret_key_fallbacks")
    @classmethod
    def each_long_enough(cls, listed: str) -> str:
        named = [secret.strip() for secret in listed.split(",") if secret.strip()]
        if any(len(secret) < MIN_SECRET for secret in named):
            raise ValueError(f"must have at least {MIN_SECRET} characters between its commas")
        return ",".join(named)

    @field_validator("smtp_host", "smtp_user", "mail_from", "host")
    @classmethod
    def one_line(cls, text: str) -> str:
        if any(ord(character) < 32 for character in text):  # else a mail header could be added
            raise ValueError("must be one line")
        return text

    @model_validator(mode="before")
    @classmethod
    def whole_mail_account(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("smtp_password") and not values.get("smtp_user"):
            raise ValueError("SMTP_USER is missing: SMTP_PASSWORD is set without it")
        return values

    @model_validator(mode="after")
    def fill_in(self) -> Self:
        """What follows from another setting is worked out once, here."""
        data = self.tend_data
        if not self.redis_url and len(os.fsencode(data)) > LONGEST_SOCKET_FOLDER:
            raise ValueError(
                f"TEND_DATA is too long a path for the cache's socket: use one of at most "
                f"{LONGEST_SOCKET_FOLDER} bytes, or set REDIS_URL"
            )
        here = urlsplit(self.public_url).hostname or "localhost"
        worked_out = {
            "public_url": f"http://localhost:{self.port}",
            "storage_dir": data / "files",
            "database_url": f"sqlite:///{data / 'tend.db'}",
            "celery_broker_url": broker_of(self.redis_url, data),
            "redis_url": f"unix://{quote(str(data / 'valkey.sock'))}",
            "mail_from": f"Tend <tend@{here}>",
        }
        for name, value in worked_out.items():
            if getattr(self, name) in ("", NOWHERE):
                object.__setattr__(self, name, value)
        return self

    @property
    def embedded_cache(self) -> bool:
        """True when Tend runs its own Valkey, in the data folder."""
        return self.redis_url.startswith(f"unix://{quote(str(self.tend_data / 'valkey.sock'))}")

    @property
    def sqlite_file(self) -> Path | None:
        """The database's file, or None when it is PostgreSQL."""
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return None
        return Path(self.database_url.removeprefix(prefix).split("?", 1)[0]).absolute()

    @property
    def mail_folder(self) -> Path:
        """Where mail is written as .eml files while no SMTP_HOST is set."""
        return self.tend_data / "mail"

    @property
    def mail(self) -> Literal["smtp", "folder"]:
        return "smtp" if self.smtp_host else "folder"

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """The exact host:port that webhooks may call although they lie inside the network."""
        return frozenset(self.webhook_trusted_hosts.split(",")) - {""}

    @property
    def secret_keys(self) -> list[str]:
        """SECRET_KEY, and those that were before it."""
        return [self.secret_key, *filter(None, self.secret_key_fallbacks.split(","))]

    @property
    def origin(self) -> str:
        """PUBLIC_URL as a browser names the site: in lower case, without a port that is usual."""
        parts = urlsplit(self.public_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = "" if parts.port in (None, usual) else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def broker_of(redis_url: str, data: Path) -> str:
    """The queue's address when only the cache's is known; Kombu spells Unix sockets its own way."""
    if not redis_url:
        return f"redis+socket://{quote(str(data / 'valkey.sock'))}?virtual_host=1"
    if redis_url.startswith("unix://"):
        return f"redis+socket://{redis_url.removeprefix('unix://').split('?', 1)[0]}?virtual_host=1"
    return redis_url


def load(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of this process. Raises ConfigError, whose message is fit for a person."""
    written = dotenv_values(env_file) if env_file and env_file.exists() else {}
    known = {name.upper() for name in Settings.model_fields} | {f"{name}_FILE" for name in SECRETS}
    if unknown := sorted(set(written) - known):  # misspelt, it would have no effect, silently
        raise ConfigError(f"{unknown[0]} in {env_file} is no setting of Tend: see .env.example.")
    given = {name: value for name, value in {**written, **os.environ}.items() if value}
    in_files = {s.lower(): read_secret(s, given) for s in SECRETS if f"{s}_FILE" in given}
    try:
        settings = Settings(_env_file=env_file, **in_files)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError(in_words(error)) from None
    missing = [name.lower() for name in GENERATED if not getattr(settings, name.lower())]
    made = {name: keep_secret(settings.tend_data, name) for name in missing}
    return settings.model_copy(update=made)


def read_secret(name: str, given: Mapping[str, str]) -> str:
    """NAME_FILE: the setting is that file's text, as containers hand secrets over."""
    path = given[f"{name}_FILE"]
    if name in given:
        raise ConfigError(f"{name} and {name}_FILE are both set: keep one of them.")
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}_FILE cannot be read: {path}: {reason_of(error)}.") from None
    if not text:
        raise ConfigError(f"{name}_FILE names an empty file: {path}.")
    return text


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is not text"


def in_words(error: ValidationError) -> str:
    """One line per wrong setting, its name first; a secret's value is never repeated."""
    lines = []
    for problem in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in problem["loc"]).upper()
        message = problem["msg"].removeprefix("Value error, ").replace("Input should", "should")
        if not name:
            lines.append(f"{message}.")
        elif name in SECRETS:
            lines.append(f"{name} is wrong: it {message}.")
        else:
            lines.append(f"{name} is wrong: it {message} (it is {problem['input']!r}).")
    return "\n".join(lines)


def keep_secret(data: Path, name: str) -> str:
    """The secret kept in the data folder, made there (mode 0600) when it is not there yet.

    Two processes that start together agree: the file appears whole, by a link, or not at all.
    """
    path = data / "secrets" / name
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as fresh:  # made with mode 0600
                fresh.write(secrets.token_urlsafe(48))
                fresh.flush()
                os.fsync(fresh.fileno())
                with contextlib.suppress(FileExistsError):
                    os.link(fresh.name, path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"TEND_DATA cannot hold the secrets: {path}: {reason_of(error)}. "
            f"Name a folder that can be written, or set {name.upper()}."
        ) from None
    if len(secret) < MIN_SECRET:
        raise ConfigError(f"{name.upper()} in {path} is too short: put a backup's copy back.")
    return secret
