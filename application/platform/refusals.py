"""What became of a letter that was not taken: worth another try or not, in words for a person."""

import smtplib
import socket
import ssl
from typing import Literal

from application.platform.envelope import one_line
from config import Settings

FINAL = 500
SAID = 200  # characters of the server's own words that are repeated

Cause = Literal[
    "name", "refused", "slow", "closed", "tls", "certificate", "no_starttls", "sign_in",
    "sender", "recipient", "content", "busy",
]  # fmt: skip
# What is wrong with Tend's own settings ends no letter: the operator may mend them in time.
OUR_SETTINGS = frozenset({"sign_in", "no_starttls"})
# Enhanced status codes (RFC 3463) that say what is wrong with an address.
ADDRESSES = {
    "5.1.": "The mail server says this address does not exist",
    "5.2.2": "The mail server says this mailbox is full",
    "5.2.": "The mail server says this mailbox takes no mail",
}
STEPS = {
    "connect": "when it was called",
    "encrypt": "when the connection was to be encrypted",
    "hello": "when it was greeted",
    "sign in": "when Tend signed in",
    "send": "while the letter was handed over",
}


class MailError(Exception):
    """A letter was not taken; the message is a sentence, `code` the server's answer or None."""

    def __init__(self, message: str, code: int | None = None, cause: Cause = "content") -> None:
        super().__init__(message)
        self.code = code
        self.cause = cause


class NotNow(MailError):
    """The server is away or says to come again; the letter was not taken, as far as we know."""


class Never(MailError):
    """The letter will not be taken however often it is tried."""


def judge(error: Exception, settings: Settings, step: str, late: bool = False) -> MailError:
    """What an exception of smtplib or the network means, at `step` of the dialogue.

    `late`: the connection was cut at the deadline, whatever it looks like from inside.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return of_answer(code, said, "recipient")
    if isinstance(error, smtplib.SMTPResponseException):
        return of_answer(error.smtp_code, error.smtp_error, cause_of(error, step))
    if late or timed_out(error):
        return NotNow(f"The mail server took too long {STEPS.get(step, '')}.", cause="slow")
    if isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError) or refuses_all(error):
        return of_lack(error, step)
    return of_network(error, settings, step)


def cause_of(error: smtplib.SMTPResponseException, step: str) -> Cause:
    """Which part of the dialogue the server did not like."""
    if error.smtp_code < FINAL:
        return "busy"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "sender"
    if isinstance(error, smtplib.SMTPAuthenticationError) or step == "sign in":
        return "sign_in"
    if step == "encrypt":
        return "no_starttls"
    return "content" if isinstance(error, smtplib.SMTPDataError) else "refused"


def of_answer(code: int, said: bytes | str, cause: Cause) -> MailError:
    """What the server's own answer means: 4xx is worth another try, 5xx about a letter is not."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    words = one_line(text)[:SAID].rstrip(".")
    quoted = f"({code} {words})" if words else f"({code})"
    if code < FINAL:  # -1 is smtplib's word for an answer that is none
        return NotNow(
            f"The mail server says to come again later {quoted}.", max(code, 0) or None, "busy"
        )
    sentences = {
        "sender": "The mail server does not take mail from this Tend's address",
        "sign_in": "The mail server does not accept Tend's name and password",
        "recipient": of_recipient(code, words),
        "content": "The mail server does not take this letter",
        "no_starttls": "The mail server does not encrypt the connection",
    }
    sentence = sentences.get(cause, "The mail server does not talk to Tend")
    kind = NotNow if cause in OUR_SETTINGS else Never
    return kind(f"{sentence} {quoted}.", code, cause)


def of_recipient(code: int, words: str) -> str:
    """What a refused recipient means; plain 550, 551 and 553 are said of unknown addresses."""
    for start, sentence in ADDRESSES.items():
        if words.startswith(start):
            return sentence
    if words.startswith("5.") or code not in {550, 551, 553}:
        return "The mail server does not take mail for this address"
    return ADDRESSES["5.1."]


def refuses_all(error: Exception) -> bool:
    """Whether there is no way to sign in that both sides know: smtplib has no class for it."""
    return type(error) is smtplib.SMTPException


def of_lack(error: Exception, step: str) -> MailError:
    """What the server cannot do, and will not be able to before somebody changes something."""
    if isinstance(error, UnicodeError):
        return Never("The mail server cannot be told this address.", cause="recipient")
    if step == "encrypt":
        said = "The mail server offers no encryption (STARTTLS), so nothing was sent to it."
        return NotNow(said, cause="no_starttls")
    if step == "sign in":
        return NotNow("The mail server offers no way to sign in that Tend knows.", cause="sign_in")
    return Never("The mail server cannot take this letter.", cause="content")


def of_network(error: Exception, settings: Settings, step: str) -> NotNow:
    """The server is not there, or not as the settings say: worth another try."""
    where = f"{settings.smtp_host}, port {settings.smtp_port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = one_line(error.verify_message)
        said = f"The mail server's certificate is not good: {why}."
        return NotNow(said, cause="certificate")
    if isinstance(error, ssl.SSLError):
        return NotNow(f"The mail server ({where}) does not speak TLS as Tend does.", cause="tls")
    if isinstance(error, socket.gaierror):
        return NotNow(f"The mail server's name is not known: {settings.smtp_host}.", cause="name")
    if isinstance(error, ConnectionRefusedError):
        return NotNow(f"No mail server answers at {where}.", cause="refused")
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        said = f"The mail server ended the connection {STEPS.get(step, '')}.".replace(" .", ".")
        return NotNow(said, cause="closed")
    return NotNow(f"The mail server ({where}) cannot be reached.", cause="refused")


def timed_out(error: BaseException | None) -> bool:
    """Whether a time-out is behind the error: smtplib calls every one a disconnection."""
    seen = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, TimeoutError):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
