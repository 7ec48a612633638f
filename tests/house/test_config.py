"""The settings: each is documented, wrong ones name themselves, secrets are made once and kept."""

import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config
from config import ConfigError, Settings, load
from tests.servers import SECRET

EXAMPLE = config.ROOT / ".env.example"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.setenv("TEND_DATA", str(tmp_path / "data"))
    return tmp_path


def refused(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load(None)
    return str(caught.value)


def test_it_lists_every_setting_in_the_example_with_a_line_of_meaning() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    listed = re.findall(r"^# [^\n]+\n# ([A-Z][A-Z_]+)=", text, flags=re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


def test_it_shows_the_real_defaults_in_the_example(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = dict(re.findall(r"^# ([A-Z][A-Z_]+)=(.*)$", text, flags=re.MULTILINE))
    example = tmp_path / "example"
    example.write_text("\n".join(f"{k}={v}" for k, v in shown.items() if v), encoding="utf-8")
    plain = Settings(tend_data=config.ROOT / "var").model_dump()
    as_shown = Settings(_env_file=example, tend_data=config.ROOT / "var").model_dump()
    in_folder = {"database_url", "redis_url", "celery_broker_url", "storage_dir"}
    for name in plain.keys() - in_folder:
        assert as_shown[name] == plain[name], name
    for name in in_folder:
        assert str(plain[name]).replace(f"{config.ROOT}/", "") == shown[name.upper()], name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "eight"),
        ("PORT", "65536"),
        ("HOST", "a\nb"),
        ("WEBHOOK_TRUSTED_HOSTS", "ntfy.lan"),
        ("WEBHOOK_TRUSTED_HOSTS", "*.lan:80"),
        ("WEBHOOK_TRUSTED_HOSTS", "http://ntfy.lan:80"),
        ("WEBHOOK_TRUSTED_HOSTS", "192.168.0.0/16:80"),
        ("WEBHOOK_TRUSTED_HOSTS", "ntfy.lan:0"),
        ("WEBHOOK_TRUSTED_HOSTS", "[0:0::1]:80"),
        ("PUBLIC_URL", "tend.example"),
        ("PUBLIC_URL", "https://tend.example/app"),
        ("PUBLIC_URL", "http://tend.example:port"),
        ("DATABASE_URL", "mysql://root:hunter22@db/tend"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "http://:hunter22@cache"),
        ("CELERY_BROKER_URL", "sqs://hunter22"),
        ("SECRET_KEY", "hunter22"),
        ("SECURITY_PASSWORD_SALT", "hunter22"),
        ("REGISTRATION", "maybe"),
        ("SMTP_SECURITY", "ssl"),
        ("SMTP_TIMEOUT", "nan"),
        ("SMTP_PORT", "-1"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("WEB_WORKERS", "0"),
        ("JOB_WORKERS", "1.5"),
        ("MAX_IMPORT_MB", "a lot"),
        ("EXPORT_HOURS", "0"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("LOG_LEVEL", "loud"),
        ("ROLES", "web,cache"),
    ],
)
def test_it_names_a_wrong_setting_and_repeats_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    message = refused(monkeypatch, **{name: value})
    assert message.startswith(f"{name} is wrong: it ")
    assert "hunter22" not in message
    assert "\n" not in message


def test_it_names_all_wrong_settings_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, PORT="x", REGISTRATION="maybe")
    assert [line.split()[0] for line in message.splitlines()] == ["PORT", "REGISTRATION"]


def test_it_wants_a_user_with_the_mail_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SMTP_USER is missing" in refused(monkeypatch, SMTP_PASSWORD="hunter22")


def test_it_refuses_a_data_folder_too_deep_for_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "TEND_DATA is too long" in refused(monkeypatch, TEND_DATA="/tmp/" + "d" * 100)
    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/0")
    assert not Settings().embedded_cache


def test_it_refuses_an_unknown_name_in_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("REGISTRATON=closed\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"REGISTRATON in .* is no setting"):
        load(env_file)


def test_it_reads_the_file_and_lets_the_environment_win(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=9001\nREGISTRATION=Closed\nSMTP_HOST=\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "9002")
    settings = load(env_file)
    assert (settings.port, settings.registration, settings.mail) == (9002, "closed", "folder")
    assert settings.public_url == "http://localhost:9002"


def test_it_takes_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text(SECRET + "\n", encoding="utf-8")
    monkeypatch.setenv("SECRET_KEY_FILE", str(kept))
    assert load(None).secret_key == SECRET
    assert "keep one" in refused(monkeypatch, SECRET_KEY=SECRET[::-1])


def test_it_names_a_secret_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, SMTP_PASSWORD_FILE="/nowhere/password")
    assert (
        message
        == "SMTP_PASSWORD_FILE cannot be read: /nowhere/password: No such file or directory."
    )


def test_it_makes_secrets_once_and_for_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {s.secret_key for s in pool.map(lambda _: load(None), range(16))}
    settings = load(None)
    assert made == {settings.secret_key}
    assert settings.secret_key != settings.security_password_salt
    kept = tmp_path / "data" / "secrets" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert sorted(os.listdir(kept.parent)) == ["secret_key", "security_password_salt"]
    assert settings.secret_key not in repr(settings)


def test_it_says_when_the_data_folder_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, TEND_DATA="/proc/tend").startswith("TEND_DATA cannot hold")


def test_it_works_out_what_follows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = load(None)
    data = tmp_path / "data"
    assert settings.sqlite_file == data / "tend.db"
    assert settings.redis_url == f"unix://{data}/valkey.sock"
    assert settings.celery_broker_url == f"redis+socket://{data}/valkey.sock?virtual_host=1"
    assert settings.embedded_cache
    assert not settings.https
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db/tend")
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/0")
    many = Settings()
    assert many.database_url == "postgresql+psycopg://u:p@db/tend"
    assert many.celery_broker_url == many.redis_url
    assert many.sqlite_file is None


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]
