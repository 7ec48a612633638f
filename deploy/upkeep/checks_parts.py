"""What works: cache, queue, workers and clock, mail, webhooks, and the making of reports."""

import socket
from contextlib import suppress
from datetime import date
from ipaddress import ip_address
from urllib.parse import urlsplit

import redis

from api import health
from application.deliveries.commands import advice
from application.platform import background, egress, smtp
from application.platform.mail import MailError
from deploy.launcher import CannotStart, checks
from deploy.upkeep.house import Finding, House, fails, ok, warning

PATIENCE = 3.0
PONG = 5.0  # seconds for workers to answer: they may be busy
MANY = 1000  # messages in a queue: worth a word
INSIDE = (
    "http://127.0.0.1/",
    "http://localhost:8080/",
    "http://[::1]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/",
    "http://0x7f000001/",
    "http://[fd00::1]/",
)
WITH_TEND = "it is stopped with Tend"


def cache(house: House) -> Finding:
    if house.beside:
        return ok(WITH_TEND)
    url = house.settings.redis_url
    try:
        with redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            known = client.info("memory")
    except (redis.RedisError, OSError) as error:
        return fails(
            f"it does not answer ({type(error).__name__})",
            "Tend goes on without it, slowly, and sends nothing: look at REDIS_URL and its server.",
        )
    assert isinstance(known, dict)  # for the types: it may be a promise of one
    said = f"it answers, {known['used_memory_human']} used"
    policy = known.get("maxmemory_policy", "noeviction")
    if policy != "noeviction" and not policy.startswith(
        "volatile-"
    ):  # the queue has no end of life
        todo = "Set maxmemory-policy volatile-lru or noeviction there."
        return warning(f"{said}, and throws the queue away when it is full", todo)
    return ok(said)


def broker(house: House) -> Finding:
    if house.beside:
        return ok(WITH_TEND)
    lengths = {}
    try:
        with background.celery.connection_for_write(connect_timeout=PATIENCE) as connection:
            connection.ensure_connection(max_retries=1, timeout=int(PATIENCE))
            for name in background.QUEUES:
                lengths[name] = length(connection, name)
    except Exception as error:  # kombu raises many kinds
        return fails(
            f"it does not answer ({type(error).__name__})",
            "Look at CELERY_BROKER_URL or REDIS_URL, and its server.",
        )
    said = "waiting: " + ", ".join(f"{name} {count:,}" for name, count in lengths.items())
    if max(lengths.values()) > MANY:
        return warning(said, "See whether the workers run, or set JOB_WORKERS, SEND_WORKERS.")
    return ok(said)


def length(connection: object, name: str) -> int:
    """How many messages wait; 0 for a queue that nobody used yet."""
    with connection.channel() as channel, suppress(channel.connection.channel_errors):  # type: ignore[attr-defined]
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    return 0


def workers(house: House) -> Finding:
    """Who answers to a call through the queue, and when each tick of the clock last came."""
    if not house.runs and house.settings.embedded_cache:
        return ok("they are stopped with Tend")
    # One machine has two that can answer; of many, whoever does in time is heard.
    most = 2 if house.settings.embedded_cache else None
    answered = background.celery.control.ping(timeout=PONG, limit=most) or []
    names = sorted({name.partition("@")[0] for answer in answered for name in answer})
    said, status = health.look()
    late = [name for name, tick in said["ticks"].items() if tick["late"]]
    if missing := {"work", "send"} - set(names):
        return fails(
            f"no answer of: {', '.join(sorted(missing))}",
            "Start Tend, or a node with ROLES=worker; look into logs/worker.log and sender.log.",
        )
    heard = f"{len(answered)} answer ({', '.join(names)})"
    if status != 200 and house.is_fresh:
        return ok(f"{heard}; the clock's first ticks are to come, Tend was started just now")
    if status != 200:
        return fails(
            f"{heard}, but no tick of late: {', '.join(late)}",
            "Start a node with ROLES=beat; look into logs/beat.log and sender.log.",
        )
    return ok(f"{heard}, and every quick tick came in time")


def mail(house: House) -> Finding:
    given = house.settings
    if given.mail == "folder":
        return ok(f"no SMTP_HOST: letters are written to {given.mail_folder}")
    try:
        smtp.greet(given, within=PATIENCE * 4)
    except MailError as error:
        return fails(str(error), advice(error, given))
    signed = f", signed in as {given.smtp_user}" if given.smtp_user else ""
    return ok(f"{given.smtp_host}:{given.smtp_port} ({given.smtp_security}) greets{signed}")


def webhooks(house: House) -> Finding:
    """What may not be called is refused, names are found, an address that is given is called."""
    door = egress.door(house.settings)
    let_in = [url for url in INSIDE if may_call(door, url) and not is_listed(house, url)]
    if let_in:
        return fails(f"{let_in[0]} would be called", "Please report this: docs/security.md.")
    said = f"private addresses are refused, {len(house.settings.trusted_hosts)} listed as trusted"
    if house.url:
        try:
            status = door.post(house.url, b"{}", {"Content-Type": "application/json"}).status
        except (egress.Closed, egress.Unreachable) as error:
            return fails(error.reason, "Look at the firewall, or WEBHOOK_TRUSTED_HOSTS.")
        return ok(f"{said}; {urlsplit(house.url).hostname} answered {status}")
    name = a_name(house)
    if not name:
        return ok(f"{said}; DNS was not tried (say --url to call an address)")
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return fails(f"{said}; the name {name} is not found", "Look at this machine's DNS.")
    return ok(f"{said}; DNS finds {name}")


def may_call(door: egress.Door, url: str) -> bool:
    try:
        door.check(url)
    except ValueError:
        return False
    return True


def is_listed(house: House, url: str) -> bool:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 80}" in house.settings.trusted_hosts


def a_name(house: House) -> str:
    """A name of the settings that DNS should know, or ""."""
    for host in (house.settings.smtp_host, urlsplit(house.settings.public_url).hostname or ""):
        try:
            ip_address(host)
        except ValueError:
            if "." in host:
                return host
    return ""


def reports(house: House) -> Finding:  # noqa: ARG001
    """Print a small report as it is printed for people."""
    try:
        checks.pango_is_there()
    except CannotStart as error:
        return fails(str(error))
    from application.demo import report  # late: with these comes matplotlib
    from application.reports import pdf

    made = pdf.render(report.facts(1, date(2026, 10, 1), date(2026, 10, 31)), "a4")
    if not made.startswith(b"%PDF"):
        return fails("what was printed is no PDF", "Look at the versions of Pango and HarfBuzz.")
    return ok(f"a PDF of {len(made):,} bytes was printed")


def fonts(house: House) -> Finding:  # noqa: ARG001
    from application.insights.fonts import OTHER_SCRIPTS, families
    from application.reports import typefaces

    found = {face.file for face, _ in typefaces.files()}
    if missing := {face.file for face in typefaces.FACES} - found:
        return warning(f"{len(missing)} of Tend's own are not there", "Run `make run` once.")
    if not set(families()) & set(OTHER_SCRIPTS):
        return ok("Tend's own; this machine has none for Chinese, Japanese, Korean or Thai")
    return ok("Tend's own, and some for other scripts")
