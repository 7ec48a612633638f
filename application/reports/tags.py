"""What PDF/UA asks of a file's structure and WeasyPrint leaves out: added before it is written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Element = dict[str, Any]
_NOTHING: Final = "null"
_FOOT: Final = {"Type": "/Pagination", "Subtype": "/Footer"}


def finish(_document: Any, pdf: Any) -> None:
    """Say of each table header what it heads, and of the foot of each page that it is one.

    `pdf` is what WeasyPrint is about to write (its `finisher`).
    """
    elements = {one.reference: one for one in pdf.objects if _type(one) == "/StructElem"}
    _say_scopes(elements)
    _take_feet_out(pdf, elements)


def _type(one: Any) -> Any:
    return one.get("Type") if isinstance(one, dict) else None


def _say_scopes(elements: Mapping[bytes, Element]) -> None:
    for element in elements.values():
        if element["S"] == "/TH":
            group = elements.get(elements[element["P"]]["P"])
            heads = group is not None and group["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if heads else "/Row"


def _take_feet_out(pdf: Any, elements: Mapping[bytes, Element]) -> None:
    """Nobody wants "page 2 of 5" read out in the middle of a sentence: it is an artifact."""
    root = next(one for one in pdf.objects if _type(one) == "/StructTreeRoot")
    by_reference = {one.reference: one for one in pdf.objects}
    reached = set(_below(root["K"], elements))
    parents = by_reference[root["ParentTree"]]["Nums"]
    for reference, element in elements.items():
        if reference in reached:
            continue
        page = by_reference[element["Pg"]]
        for number in element["K"]:
            if isinstance(number, int):
                _mark(by_reference[page["Contents"]].stream, number)
                parents[2 * page["StructParents"] + 1][number] = _NOTHING


def _below(references: Any, elements: Mapping[bytes, Element]) -> Iterator[bytes]:
    """The references of all elements that a reader of the file comes to."""
    for reference in references:
        if reference in elements:
            yield reference
            yield from _below(elements[reference]["K"], elements)


def _mark(stream: list[Any], number: int) -> None:
    """Make an artifact of the marked content of that number."""
    for place, said in enumerate(stream):
        if isinstance(said, dict) and said.get("MCID") == number:
            stream[place - 1] = "/Artifact"
            said.clear()
            said.update(_FOOT)
            return
