"""How long a text may be, as each service counts, and where it is cut. Pure."""

from collections.abc import Callable

from application.deliveries.messages import Content

Measure = Callable[[str], int]


def utf16(text: str) -> int:
    """Letters as JavaScript and Telegram count them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def cut(text: str, most: int, measure: Measure = len) -> str:
    """`text`, ended at a word with an ellipsis when it measures more than `most`."""
    if measure(text) <= most:
        return text
    low, high = 0, min(len(text), most)
    while low < high:  # the longest beginning that fits with its ellipsis
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle] + "…") <= most else (low, middle - 1)
    kept = text[:low]
    if kept and not kept[-1].isspace() and not text[low].isspace():
        at_word = kept.rsplit(maxsplit=1)[0]
        kept = at_word if len(at_word) > low // 2 else kept  # one endless word is cut anywhere
    return kept.rstrip() + "…"


def fit(
    content: Content,
    most: int,
    escape: Callable[[str], str] = str,
    measure: Measure = len,
    link: Callable[[str], str] = str,
) -> str:
    """The text, escaped all but its link, in at most `most`; a text that is cut keeps the link."""
    end = link(content.link)

    def whole(text: str) -> str:
        said = [escape(part) for part in text.split(content.link)] if content.link else []
        return end.join(said) if content.link else escape(text)

    if measure(whole(content.text)) <= most:
        return whole(content.text)
    room = most - measure(f"\n{end}") if content.link else most
    text = content.text.replace(content.link, "").rstrip() if content.link else content.text
    low, high = 0, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure(escape(cut(text, middle))) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return escape(cut(text, low)) + (f"\n{end}" if content.link else "")
