"""What people read never scolds (ux.md, principle 4): a word list held against every string.

Read are the page's templates and string literals, the mails and shell pages in templates/, and the
sentences of the product's Python. A literal counts as read by people when it looks like words, not
like a name in code: two words, or a capital letter at its beginning.
"""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from tests.house.source import files, modules

SCOLDING = re.compile(
    r"\b(missed|missing out|failed|failure|fail|broken|broke|lost|lose|only|oops|whoops|uh-oh"
    r"|sorry|unfortunately|forgot to|gave up|wasted|guilty|lazy|should have|must not)\b",
    re.IGNORECASE,
)
# ● ◆ ■ ⬢ mark the kinds in mails; arrows, dashes and quotation marks are letters like others.
EMOJI = re.compile("[\U0001f000-\U0001faff☀-⛿✀-➿️]")
SHOUTING = re.compile(r"[A-Za-z\"”’)]!(?=$|[\s<\"”’)])")
# Code that is no text: style rules and comments; a script's own strings are read apart.
STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
MUSTACHE = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
READ_ATTRIBUTE = re.compile(
    r"\s(?:label|title|aria-label|placeholder|hint|alt|what|heading|verb|keep|content)=\"([^\"]*)\""
)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`])//[^\n]*", re.DOTALL)
LITERAL = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")
INSERTED = re.compile(r"\$\{[^{}]*\}|{[^{}]*}")
LOGGING = ("log.", "logger.", "logging.")
ALLOWED = {
    # The question of someone who cannot sign in, not a word about them.
    "Forgot your password?",
}


def like_words(text: str) -> bool:
    """Whether a literal is meant for people: a sentence or label, no token, path or selector."""
    if re.search(r"[\[\]{}<>=;#|]|^[./@\\^(]|::|\\[dbsw]", text):
        return False
    return bool(re.search(r"[A-Za-z]+ [A-Za-z]+", text) or re.match(r"[A-Z][a-z]+\b", text))


def literals(code: str) -> Iterator[str]:
    """The strings of TypeScript that look like words, what is inserted into them left out."""
    for match in LITERAL.finditer(COMMENT.sub("", code)):
        text = INSERTED.sub("…", next(group for group in match.groups() if group is not None))
        if like_words(text):
            yield text


def markup(text: str) -> Iterator[str]:
    """The text of a template, its readable attributes, and the literals of its expressions."""
    text = STYLE.sub("", text)
    for expression in MUSTACHE.findall(text):
        yield from literals(expression)
    text = MUSTACHE.sub("…", text)
    for tag in TAG.findall(text):
        if tag.startswith("<!--"):
            continue
        yield from READ_ATTRIBUTE.findall(tag)
        for bound in re.findall(r"\s[:@#v][\w:.-]*=\"([^\"]*)\"", tag):
            yield from literals(bound)
    yield from (" ".join(part.split()) for part in TAG.sub("\n", text).split("\n") if part.strip())


def of_page(path: Path) -> Iterator[str]:
    """Everything that a file of the page may say."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ts":
        yield from literals(text)
        return
    for script in SCRIPT.findall(text):
        yield from literals(script)
    yield from map(html.unescape, markup(SCRIPT.sub("", text)))


def sentences(tree: ast.Module) -> Iterator[str]:
    """The strings of a Python module that are sentences, docstrings and log lines left out."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(LOGGING):
            skipped |= {id(argument) for argument in ast.walk(node)}
    for node in ast.walk(tree):
        text = text_of(node)
        if text and id(node) not in skipped and re.match(r"[A-Z…].* ", text) and like_words(text):
            yield text


def text_of(node: ast.AST) -> str:
    """A literal's text, of an f-string too, what is inserted left out."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def scolds(text: str) -> bool:
    said = text
    for allowed in ALLOWED:
        said = said.replace(allowed, "")
    return bool(SCOLDING.search(said) or EMOJI.search(said) or SHOUTING.search(said))


def test_the_page_never_scolds() -> None:
    read = [path for path in files("static/src", ".vue", ".ts") if ".spec." not in path.name]
    read = [path for path in read if "testing" not in path.parts]
    assert len(read) > 100
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in read
        for text in of_page(path)
        if scolds(text)
    }
    assert not found


def test_mails_and_shell_pages_never_scold() -> None:
    read = files("templates", ".html", ".txt", ".jinja", ".j2")
    assert read
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in read
        for text in markup(path.read_text(encoding="utf-8"))
        if scolds(text)
    }
    assert not found


def test_the_answers_of_the_product_never_scold() -> None:
    found = {
        f"{path}: {text}"
        for path, tree in modules("application", "api", "tasks").items()
        for text in sentences(tree)
        if scolds(text)
    }
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "<p>You missed a day.</p>",
        "<p>Well done!</p>",
        "<p>\n  Your run is\n  broken.\n</p>",
        '<img alt="Oops">',
        '<AppButton label="Only 3 days" />',
        "{{ done ? 'All logged' : 'Only two of six' }}",
        '<p :title="`You failed ${count} times`"></p>',
        "<p>Great 🎉</p>",
    ],
)
def test_scolding_would_be_found(text: str) -> None:
    assert any(scolds(said) for said in markup(text)), list(markup(text))


@pytest.mark.parametrize(
    "text",
    [
        "<p :class=\"{ 'is-lost': failed }\">Fine.</p>",
        '<p v-if="!failed">A !== b</p>',
        "<!-- only -->",
    ],
)
def test_code_is_no_text(text: str) -> None:
    assert not any(scolds(said) for said in markup(text))
