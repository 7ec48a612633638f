"""What a webhook is sent: the body each service documents, recognised by its URL. Pure.

A plain URL gets signed JSON by the Standard Webhooks rules. Names and notes are people's own words:
each service gets them in a way it shows literally, mentions nobody for, and in its own length.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

import orjson
from standardwebhooks import Webhook

from application.deliveries.lengths import cut, fit, utf8, utf16
from application.deliveries.messages import Content

WEBHOOK: Final = "Webhook"
JSON: Final = {"Content-Type": "application/json"}
GAP: Final = "\u200b"  # no width: it keeps a mark from meaning something
TELEGRAM_PATH = re.compile(r"/bot[0-9]+:[A-Za-z0-9_-]+(/sendMessage/?)?/?")


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted where; `name` is the service's, as people call it."""

    url: str
    body: bytes
    headers: dict[str, str]
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service that wants its own body: `knows` its URLs, `shape` gives URL and JSON."""

    name: str
    knows: Callable[[SplitResult], bool]
    shape: Callable[[str, Content], tuple[str, dict[str, Any]]]


def shape(
    url: str,
    content: Content,
    message_id: str,
    secrets: Sequence[str],
    now: datetime,
    kind: str = "message",
) -> Posting:
    """What `url` is sent. Several secrets each sign: a receiver may know either for a while."""
    service = service_of(url)
    if service is None:
        return _standard(url, content, message_id, secrets, now, kind)
    address, body = service.shape(url, content)
    return Posting(address, orjson.dumps(body), dict(JSON), service.name)


def name_of(url: str) -> str:
    """What people call the service behind a URL; "Webhook" when it is a plain one."""
    service = service_of(url)
    return service.name if service else WEBHOOK


def is_signed(url: str) -> bool:
    """Whether what is sent there is signed: the services have secrets in their URLs instead."""
    return service_of(url) is None


def check(url: str) -> None:
    """Raise ValueError with a sentence when a known service's URL lacks what sending needs."""
    parts = urlsplit(url)
    if _is_telegram(parts) and not dict(parse_qsl(parts.query)).get("chat_id"):
        raise ValueError("Add the chat to Telegram's address, as ?chat_id=123456789.")
    if _is_gotify(parts) and not dict(parse_qsl(parts.query)).get("token"):
        raise ValueError("Add the application's token to Gotify's address, as ?token=….")


def service_of(url: str) -> Service | None:
    """The service whose URL this is, if it is one that wants its own body."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return next((service for service in SERVICES if service.knows(parts)), None)


# The services.


def _standard(
    url: str,
    content: Content,
    message_id: str,
    secrets: Sequence[str],
    now: datetime,
    kind: str,
) -> Posting:
    body = orjson.dumps(
        {
            "type": f"tend.{kind}",
            "timestamp": now.isoformat(),
            "title": content.title,
            "text": content.text,
            "link": content.link,
            "data": content.data,
        },
    )
    sent = now.astimezone(UTC)
    headers = {**JSON, "webhook-id": message_id, "webhook-timestamp": str(int(sent.timestamp()))}
    if secrets:
        signed = [Webhook(secret).sign(message_id, sent, body.decode()) for secret in secrets]
        headers["webhook-signature"] = " ".join(signed)
    return Posting(url, body, headers, WEBHOOK)


def _is_slack(parts: SplitResult) -> bool:
    return parts.hostname in {"hooks.slack.com", "hooks.slack-gov.com"}


def _slack(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    # mrkdwn off: what stands between asterisks is shown with them.
    text = fit(content, 4000, escape, link=escape)
    plain = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    return url, {"text": text, **plain}


def _is_google_chat(parts: SplitResult) -> bool:
    return parts.hostname == "chat.googleapis.com" and parts.path.startswith("/v1/spaces/")


def _google_chat(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    # It has no way to escape; a mark followed by a gap means nothing (<users/all> included).
    def escape(text: str) -> str:
        return re.sub(r"([*_~`<])", rf"\1{GAP}", text)

    return url, {"text": fit(content, 4000, escape)}


def _is_mattermost(parts: SplitResult) -> bool:
    return bool(re.search(r"/hooks/[a-z0-9]{26}/?\Z", parts.path))


def _mattermost(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    def escape(text: str) -> str:
        marked = re.sub(r"([\\`*_{}\[\]()+\-.!>|])", r"\\\1", text)
        # Mentions, channels, hashtags, entities and :emoji: are read after the marks.
        return re.sub(r"([@~#&<]|:(?=[A-Za-z0-9_+-]+:))", rf"\1{GAP}", marked)

    return url, {"text": fit(content, 16383, escape)}


def _is_discord(parts: SplitResult) -> bool:
    host = (parts.hostname or "").removeprefix("ptb.").removeprefix("canary.")
    known = host in {"discord.com", "discordapp.com"}
    return known and bool(re.match(r"/api/(v[0-9]+/)?webhooks/", parts.path))


def _discord(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    def escape(text: str) -> str:
        marked = re.sub(r"([\\`*_|~<>\[\]])", r"\\\1", text)
        listed = re.sub(r"(?m)^(\s*)([#\-+])", r"\1\\\2", marked)
        return re.sub(r"(?m)^(\s*[0-9]+)\.", r"\1\\.", listed)

    text = fit(content, 2000, escape, utf16)
    return url, {"content": text, "allowed_mentions": {"parse": []}, "flags": 4}  # 4: no previews


def _is_teams(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    flow = host.endswith((".logic.azure.com", ".logic.azure.us", ".api.powerplatform.com"))
    return host.endswith(".webhook.office.com") or (flow and "/workflows/" in parts.path)


def _teams(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    # TextRun, unlike TextBlock, reads no Markdown; one block a line, for it joins lines.
    text = fit(content, 8000).replace(content.link, "") if content.link else fit(content, 8000)
    lines = [line for line in text.splitlines() if line.strip()]
    blocks = [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in lines
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "fallbackText": cut(content.title, 250),
        "body": blocks,
    }
    if content.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open Tend", "url": content.link}]
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    return url, {"type": "message", "attachments": [attachment]}


def _is_ntfy(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    named = host == "ntfy" or host.startswith("ntfy.")
    return named and bool(re.fullmatch(r"/[A-Za-z0-9_-]{1,64}/?", parts.path))


def _ntfy(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    # As JSON to the server's root, so that a title may hold any letters; 4,096 bytes fit.
    parts = urlsplit(url)
    body = {
        "topic": parts.path.strip("/"),
        "title": cut(content.title, 200),
        "message": fit(content, 4000, measure=utf8),
    }
    click = {"click": content.link} if content.link else {}
    return parts._replace(path="/").geturl(), body | click


def _is_gotify(parts: SplitResult) -> bool:
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return bool(re.search(r"/message/?\Z", parts.path)) and "token" in query


def _gotify(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    extras: dict[str, Any] = {"client::display": {"contentType": "text/plain"}}
    if content.link:
        extras["client::notification"] = {"click": {"url": content.link}}
    text = {"title": cut(content.title, 200), "message": fit(content, 8000)}
    return url, {**text, "priority": 5, "extras": extras}


def _is_telegram(parts: SplitResult) -> bool:
    return parts.hostname == "api.telegram.org" and bool(TELEGRAM_PATH.fullmatch(parts.path))


def _telegram(url: str, content: Content) -> tuple[str, dict[str, Any]]:
    # Without parse_mode the text is plain. What the URL says (chat, thread) goes along in the body.
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/sendMessage") + "/sendMessage"
    said = {name: value for name, value in parse_qsl(parts.query) if name != "parse_mode"}
    text = {"text": fit(content, 4096, measure=utf16)}
    preview = {"link_preview_options": {"is_disabled": True}}
    return parts._replace(path=path, query="").geturl(), {**said, **text, **preview}


SERVICES: Final = (
    Service("Google Chat", _is_google_chat, _google_chat),
    Service("Slack", _is_slack, _slack),
    Service("Discord", _is_discord, _discord),
    Service("Microsoft Teams", _is_teams, _teams),
    Service("Telegram", _is_telegram, _telegram),
    Service("ntfy", _is_ntfy, _ntfy),
    Service("Mattermost", _is_mattermost, _mattermost),
    Service("Gotify", _is_gotify, _gotify),
)
