"""What each service is sent: its own shape, people's words shown literally, nobody mentioned."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from application.deliveries import channels
from application.deliveries.channels import Posting, name_of, shape
from application.deliveries.lengths import cut, fit, utf8, utf16
from application.deliveries.messages import Content
from application.platform.clock import now

LINK = "https://tend.example/today?from=mail_1*2"
NASTY = "<!channel> @all <@123> <users/all> *b* _i_ ~s~ `c` [x](http://e.vil) &amp; # :smile: 1\\.5"
SAID = Content(
    title="Water and Wärme have no entry",
    text=f"Good evening, {NASTY}. If you like: {LINK}",
    link=LINK,
    data={"day": "2026-11-20"},
)
ID = "msg_2ZtF1hQbXy"
OLD, NEW = "whsec_" + "b2xk" * 11, "whsec_" + "bmV3" * 11

SLACK = "https://hooks.slack.com/services/T0/B0/x"
CHAT = "https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t"
MATTERMOST = "https://chat.lan/hooks/abcdefghijklmnopqrstuvwx12"
DISCORD = "https://discord.com/api/webhooks/123/abc?thread_id=9"
TEAMS = (
    "https://prod-1.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=x"
)
NTFY = "https://ntfy.sh/mira-water?auth=abc"
GOTIFY = "https://push.lan/gotify/message?token=AbC"
TELEGRAM = "https://api.telegram.org/bot123:ABC-x/sendMessage?chat_id=-42&message_thread_id=7"
PLAIN = "https://example.org/hook"

KNOWN = {
    "Slack": (SLACK, "https://hooks.slack-gov.com/services/T0/B0/x"),
    "Google Chat": (CHAT,),
    "Mattermost": (MATTERMOST, "https://h.lan/team/hooks/abcdefghijklmnopqrstuvwx12"),
    "Discord": (DISCORD, "https://ptb.discord.com/api/v10/webhooks/1/a"),
    "Microsoft Teams": (
        TEAMS,
        "https://default1.2f.environment.api.powerplatform.com:443/powerautomate/automations/"
        "direct/workflows/1/triggers/manual/paths/invoke?sig=x",
        "https://firma.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4",
    ),
    "ntfy": (NTFY, "http://ntfy.lan/topic", "https://ntfy.example.org:8443/t-1/"),
    "Gotify": (GOTIFY, "http://192.168.1.7:8080/message?token=A"),
    "Telegram": (TELEGRAM, "https://api.telegram.org/bot1:a?chat_id=1"),
    "Webhook": (
        PLAIN,
        "https://slack.com.example.org/services/x",
        "https://example.org/hooks/short",
        "https://example.org/hooks.slack.com/services/x",
        "https://discord.com/channels/1",
        "https://ntfy.sh/",
        "https://ntfy.sh/a/b",
        "https://notntfy.sh/topic",
        "https://example.org/message",
        "https://api.telegram.org/file/x",
        "https://example.logic.azure.com/other",
    ),
}


def sent(url: str, content: Content = SAID) -> tuple[Posting, Any]:
    posting = shape(url, content, ID, [NEW], now(), "reminder")
    return posting, orjson.loads(posting.body)


@pytest.mark.parametrize(("name", "url"), [(n, url) for n, urls in KNOWN.items() for url in urls])
def test_it_knows_the_services_by_their_urls(name: str, url: str) -> None:
    assert name_of(url) == name
    assert shape(url, SAID, ID, [NEW], now()).name == name


def test_a_plain_url_gets_signed_json() -> None:
    posting, body = sent(PLAIN)
    assert posting.url == PLAIN
    assert body.pop("timestamp")
    assert body == {
        "type": "tend.reminder",
        "title": SAID.title,
        "text": SAID.text,
        "link": LINK,
        "data": {"day": "2026-11-20"},
    }
    assert posting.headers["webhook-id"] == ID
    assert Webhook(NEW).verify(posting.body, posting.headers)["type"] == "tend.reminder"
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(posting.body.replace(b"Water", b"Vodka"), posting.headers)


def test_both_secrets_sign_while_one_takes_the_place_of_the_other() -> None:
    posting = shape(PLAIN, SAID, ID, [NEW, OLD], now())
    for secret in (NEW, OLD):
        Webhook(secret).verify(posting.body, posting.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "YW55" * 11).verify(posting.body, posting.headers)


def test_the_time_that_is_signed_is_the_time_of_the_try() -> None:
    at = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    posting = shape(PLAIN, SAID, ID, [NEW], at)
    assert posting.headers["webhook-timestamp"] == str(int(at.timestamp()))
    signed = Webhook(NEW).sign(ID, at, posting.body.decode())
    assert posting.headers["webhook-signature"] == signed


def test_the_services_secrets_stay_in_their_urls() -> None:
    for name, urls in KNOWN.items():
        posting, _ = sent(urls[0])
        assert ("webhook-signature" in posting.headers) == (name == "Webhook")
        assert channels.is_signed(urls[0]) == (name == "Webhook")


def test_slack() -> None:
    _, body = sent(SLACK)
    assert body["text"].startswith("Good evening, &lt;!channel&gt; @all &lt;@123&gt;")
    assert "&amp;amp;" in body["text"]
    assert LINK in body["text"]
    assert body["mrkdwn"] is False
    assert "link_names" not in body


def test_google_chat() -> None:
    posting, body = sent(CHAT)
    assert posting.url == CHAT
    assert set(body) == {"text"}
    assert "<users/all>" not in body["text"]
    assert body["text"].replace("\u200b", "") == SAID.text
    assert LINK in body["text"]  # its _ and * are its own


def test_mattermost() -> None:
    _, body = sent(MATTERMOST)
    assert "@all" not in body["text"]
    assert r"\*b\* \_i\_" in body["text"]
    assert r"\[x\]\(http://e\.vil\)" in body["text"]
    assert ":smile:" not in body["text"]
    assert body["text"].endswith(LINK)


def test_discord() -> None:
    posting, body = sent(DISCORD)
    assert posting.url == DISCORD
    assert body["allowed_mentions"] == {"parse": []}
    assert r"\*b\* \_i\_ \~s\~ \`c\` \[x\]" in body["content"]
    assert r"\<@123\>" in body["content"]
    assert body["content"].endswith(LINK)
    _, body = sent(DISCORD, Content("t", "# Head\n- item\n1. one\n> said", ""))
    assert body["content"] == "\\# Head\n\\- item\n1\\. one\n\\> said"


def test_teams() -> None:
    posting, body = sent(TEAMS, Content("Evening", f"One *line*\nAnother: {LINK}", LINK))
    assert posting.url == TEAMS
    card = body["attachments"][0]["content"]
    assert body["type"] == "message"
    assert card["type"] == "AdaptiveCard"
    runs = [block["inlines"][0] for block in card["body"]]
    assert [run["text"] for run in runs] == ["One *line*", "Another: "]
    assert {run["type"] for run in runs} == {"TextRun"}  # a TextBlock would read Markdown
    assert card["actions"][0]["url"] == LINK


def test_ntfy() -> None:
    posting, body = sent(NTFY)
    assert posting.url == "https://ntfy.sh/?auth=abc"
    assert body["topic"] == "mira-water"
    assert body["title"] == SAID.title
    assert body["message"] == SAID.text
    assert body["click"] == LINK


def test_gotify() -> None:
    posting, body = sent(GOTIFY)
    assert posting.url == GOTIFY
    assert (body["title"], body["message"]) == (SAID.title, SAID.text)
    assert body["extras"]["client::display"] == {"contentType": "text/plain"}
    assert body["extras"]["client::notification"]["click"]["url"] == LINK


def test_telegram() -> None:
    posting, body = sent(TELEGRAM)
    assert posting.url == "https://api.telegram.org/bot123:ABC-x/sendMessage"
    assert body["chat_id"] == "-42"
    assert body["message_thread_id"] == "7"
    assert body["text"] == SAID.text
    posting, body = sent("https://api.telegram.org/bot1:a?chat_id=1&parse_mode=HTML")
    assert posting.url == "https://api.telegram.org/bot1:a/sendMessage"
    assert "parse_mode" not in body


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.telegram.org/bot1:a/sendMessage", "chat_id"),
        ("https://api.telegram.org/bot1:a?chat_id=", "chat_id"),
        ("https://push.lan/message?token=", "token"),
    ],
)
def test_what_is_missing_in_a_url_is_said(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        channels.check(url)
    for urls in KNOWN.values():
        channels.check(urls[0])


LIMITS = [
    (SLACK, lambda body: len(body["text"]), 4000),
    (CHAT, lambda body: len(body["text"]), 4096),
    (MATTERMOST, lambda body: len(body["text"]), 16383),
    (DISCORD, lambda body: utf16(body["content"]), 2000),
    (NTFY, lambda body: utf8(body["message"]), 4096),
    (TELEGRAM, lambda body: utf16(body["text"]), 4096),
    (TEAMS, lambda body: len(orjson.dumps(body)), 28_000),
    (GOTIFY, lambda body: len(body["message"]), 8000),
]


@pytest.mark.parametrize(("url", "measure", "most"), LIMITS)
@pytest.mark.parametrize(
    "word", ["water ", "🫖🫖 ", "x" * 30_000, "*_&<" * 3 + " ", "\\" * 99 + " "]
)
def test_no_text_is_longer_than_the_service_takes(
    url: str, measure: Any, most: int, word: str
) -> None:
    long = Content("Evening", f"Hello. {word * 10_000}"[:30_000] + f" {LINK}", LINK)
    posting, body = sent(url, long)
    assert measure(body) <= most
    assert measure(body) > most / 4 or url == TEAMS
    assert LINK in posting.body.decode()
    assert "…" in posting.body.decode()


def test_a_text_is_cut_at_a_word() -> None:
    assert cut("one two three", 13) == "one two three"
    assert cut("one two three", 12) == "one two…"
    assert cut("one two three", 8) == "one two…"
    assert cut("x" * 50, 10) == "x" * 9 + "…"
    assert utf16(cut("🫖" * 50, 10, utf16)) <= 10


@given(st.text(max_size=400), st.integers(5, 120), st.sampled_from([len, utf8, utf16]))
def test_a_cut_text_always_fits(text: str, most: int, measure: Any) -> None:
    assert measure(cut(text, most, measure)) <= most
    fitted = fit(Content("t", f"{text} http://t/", "http://t/"), most + 20, measure=measure)
    assert measure(fitted) <= most + 20
    assert fitted.endswith("http://t/")
