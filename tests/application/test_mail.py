"""Letters: what is composed, in which parts, and that no text of a person becomes a header."""

import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from application.platform import mail
from config import Settings
from tests.postmen import Postman, part, read, serving, using

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
CONTEXT = {"username": "mira", "link": "https://tend.example/recover/x"}


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.config["TEND"]
    return found


def composed(app: Flask, **more: Any) -> EmailMessage:
    """A letter as it arrives."""
    said: dict[str, Any] = {
        "to": "mira@example.org",
        "name": "recovery",
        "id": "tend_1",
        "context": CONTEXT,
    }
    with app.app_context():
        message = mail.compose(mail.Letter(**(said | more)), app.config["TEND"])
    return read(message.as_bytes())


def test_it_has_a_text_and_an_html_part_and_its_headers(app: Flask) -> None:
    letter = composed(app)
    assert letter["To"] == "mira@example.org"
    assert letter["From"] == "Tend <tend@localhost>"
    assert letter["Message-ID"] == "<tend_1@localhost>"
    assert letter["Date"] is not None
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "en"
    assert letter["List-Unsubscribe"] is None
    assert CONTEXT["link"] in part(letter, "plain")
    assert f'href="{CONTEXT["link"]}"' in part(letter, "html")


def test_the_id_is_the_same_on_every_try(app: Flask) -> None:
    assert composed(app)["Message-ID"] == composed(app)["Message-ID"]
    assert composed(app, id="a b>\r\nBcc: x")["Message-ID"] == "<a_b___Bcc__x@localhost>"


def test_the_way_out_is_readable_as_it_travels(app: Flask) -> None:
    url = "https://tend.example/unsubscribe/" + "WzIsInJlcG9ydCJd.J8v_1kd0" * 12
    with app.app_context():
        letter = mail.Letter("mira@example.org", "recovery", "tend_1", CONTEXT, unsubscribe=url)
        wire = mail.compose(letter, app.config["TEND"]).as_bytes()
    head = wire.partition(b"\r\n\r\n")[0]
    assert f"<{url}>" in b" ".join(head.split()).decode()
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head


def test_one_click_stops_it(app: Flask) -> None:
    letter = composed(app, unsubscribe="https://tend.example/unsubscribe/abc\r\nBcc: x@x.org>")
    assert letter["List-Unsubscribe"] == "<https://tend.example/unsubscribe/abcBcc:x@x.org>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Bcc"] is None


def test_made_parts_take_the_place_of_templates(app: Flask) -> None:
    letter = composed(app, html="<p>Täglich</p>", text="Täglich")
    assert part(letter, "plain").strip() == "Täglich"
    assert part(letter, "html").strip() == "<p>Täglich</p>"


def test_images_belong_to_the_html(app: Flask) -> None:
    images = (mail.Image("chart-1", PNG), mail.Image("chart 2\n>", PNG + b"2"))
    letter = composed(app, html='<img src="cid:chart-1">', text="A chart.", images=images)
    whole: Any = letter
    [alternative] = whole.get_payload()
    text, related = alternative.get_payload()
    assert alternative.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, first, second = related.get_payload()
    assert html.get_content_type() == "text/html"
    assert (first["Content-ID"], second["Content-ID"]) == ("<chart-1>", "<chart_2__>")
    assert first.get_content_disposition() == "inline"
    assert first.get_content() == PNG


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("tend-2026-10.pdf", "tend-2026-10.pdf"),
        ("Dein Bericht für Oktober – Ärger & Übermut 日本語.pdf", None),
        ("x" * 150 + "ü" * 60 + ".pdf", None),
        ('a "quoted"; name=1.pdf', None),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("a\r\nBcc: x@x.org.pdf", "a Bcc: x@x.org.pdf"),
        ("", "file"),
    ],
)
def test_a_file_arrives_under_its_name(app: Flask, name: str, arrives: str | None) -> None:
    file = mail.Attachment(name, "application/pdf", b"%PDF-1.7 \r\n.\r\n\x00")
    letter = composed(app, attachments=(file,))
    [found] = letter.iter_attachments()
    assert found.get_filename() == (name if arrives is None else arrives)
    assert found.get_content() == file.data
    assert found.get_content_type() == "application/pdf"
    assert letter["Bcc"] is None


@pytest.mark.parametrize(
    "subject",
    [
        "Water\r\nBcc: x@x.org",
        "Water\nBcc: x@x.org",
        "Water\r\n\r\n<script>",
        "Wa\x00ter\u2028Bcc: x@x.org",
        "Wasser, Gefühle und 日本語 " * 12,
    ],
)
def test_a_subject_stays_one_header(
    app: Flask, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    monkeypatch.setattr(app.jinja_env, "loader", Said(app.jinja_env.loader, subject))
    letter = composed(app)
    assert letter["Subject"] == mail.one_line(subject)
    assert letter["Bcc"] is None
    assert set(letter.keys()) >= {"From", "To", "Date", "Message-ID"}
    assert CONTEXT["link"] in part(letter, "plain")


class Said:
    """A loader of templates in which every subject is what a person wrote."""

    def __init__(self, loader: Any, subject: str) -> None:
        self.loader, self.subject = loader, subject

    def load(self, environment: Any, name: str, more: Any = None) -> Any:
        if name.endswith("subject.txt"):
            return environment.from_string("{{ said|safe }}", globals={"said": self.subject})
        return self.loader.load(environment, name, more)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mira",
        "mira@example.org\r\nBcc: x@x.org",
        "mira@example.org\nBcc: x@x.org",
        "mira@example.org, x@x.org",
        "Mira <mira@example.org>",
        "mira\x00@example.org",
        "mïra@example.org",  # Flask-Mail writes in ASCII what stands before the @
    ],
)
def test_no_letter_goes_to_what_is_no_address(app: Flask, address: str) -> None:
    with pytest.raises(mail.Never) as caught:
        composed(app, to=address)
    assert str(caught.value) == mail.SAY_NO_ADDRESS


def test_a_domain_may_have_any_letters(app: Flask) -> None:
    assert composed(app, to="mira@bücher.example")["To"] == "mira@xn--bcher-kva.example"


def test_a_name_in_a_mail_is_no_markup(app: Flask) -> None:
    letter = composed(app, context={**CONTEXT, "username": '<b>&"><img src=x>'})
    assert '<b>&"><img src=x>' in part(letter, "plain")
    assert "<img src=x>" not in part(letter, "html")
    assert "&lt;img src=x&gt;" in part(letter, "html")


def test_no_line_is_longer_than_mail_allows(app: Flask) -> None:
    long = "a note without an end " * 400 + "\n.\nQUIT"
    letter = mail.Letter("a@x.org", "recovery", "1", CONTEXT, html=f"<p>{long}</p>", text=long)
    with app.app_context():
        content = mail.compose(letter, app.config["TEND"]).as_bytes()
    assert max(map(len, content.split(b"\r\n"))) < 100
    assert part(read(content), "plain").replace("\r\n", "\n").strip() == long
    with serving(postman := Postman()) as port, app.app_context():
        settings = using(app.config["TEND"], port)
        mail.deliver(mail.compose(letter, settings), settings)
    assert part(postman.letters[0], "plain").replace("\r\n", "\n").strip() == long


def test_threads_deliver_without_the_application(app: Flask, settings: Settings) -> None:
    errors: list[BaseException] = []
    with serving(postman := Postman()) as port:
        chosen = using(settings, port)
        with app.app_context():
            messages = [
                mail.compose(mail.Letter(f"p{n}@x.org", "recovery", str(n), CONTEXT), chosen)
                for n in range(20)
            ]

        def work(mine: list[Any]) -> None:
            try:
                for message in mine:
                    mail.deliver(message, chosen)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(messages[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert not errors
    assert sorted(str(letter["To"]) for letter in postman.letters) == sorted(
        f"p{n}@x.org" for n in range(20)
    )


def test_without_a_server_it_is_filed_and_can_be_forgotten(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings.model_copy(update={"tend_data": tmp_path})
    monkeypatch.setitem(app.config, "TEND", chosen)
    with app.app_context():
        for to in ("Mira@example.org", "jonas@example.org"):
            mail.deliver(
                mail.compose(mail.Letter(to, "recovery", "7/../x", CONTEXT), chosen), chosen
            )
        paths = sorted(chosen.mail_folder.iterdir(), key=lambda path: path.name.partition("-")[2])
        assert [path.name.partition("-")[2] for path in paths] == [
            "7_.._x-jonas@example.org.eml",
            "7_.._x-mira@example.org.eml",
        ]
        assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
        assert read(paths[0].read_bytes())["To"] == "jonas@example.org"
        mail.forget("mira@example.org")
        assert [path.name for path in chosen.mail_folder.iterdir()] == [paths[0].name]


def test_a_long_address_is_filed_too(app: Flask, settings: Settings, tmp_path: Path) -> None:
    address = "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".example.org"
    with app.app_context():
        letter = mail.Letter(address, "recovery", f"tend_{'0' * 32}", CONTEXT)
        message = mail.compose(letter, settings)
        assert mail.keep(message, tmp_path).exists()


def test_a_folder_that_takes_no_file_is_said_in_words(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    taken = tmp_path / "mail"
    taken.write_text("a file where the folder should be")
    with app.app_context():
        message = mail.compose(mail.Letter("a@example.org", "recovery", "x", CONTEXT), settings)
    away = settings.model_copy(update={"tend_data": tmp_path})
    assert away.mail_folder == taken
    with pytest.raises(mail.NotNow, match="could not be written"):
        mail.deliver(message, away)


def test_a_full_disk_leaves_no_piece_of_a_letter(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        message = mail.compose(mail.Letter("a@example.org", "recovery", "x", CONTEXT), settings)

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(mail.NotNow):
        mail.keep(message, tmp_path)
    assert list(tmp_path.iterdir()) == []
