"""What every document has: whose it is, what it is called, who it was drawn for and when; and how values look on it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext

from trivium.core import documents
from trivium.core.actor import Actor
from trivium.core.documents import Document
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.queries import Letterhead
from trivium.web.shared.filters import local
from trivium.web.shared.regions import country_name, region_name

TEMPLATES = Path(__file__).parents[1] / "templates" / "documents"
Pair = tuple[str, str]


def drawn(
    template: str, actor: Actor, *, head: str, number: str, name: str = "", state: str = "", **data: Any
) -> Document:
    """A document of a template: its head and number, and what the template asks for besides.

    `name` is the file's, in plain letters; left out, it is the number.
    """
    operator = parties.operator()
    reader = parties.parties_by_ref([actor.organization_ref]).get(actor.organization_ref)
    language = get_language() or "en"
    said = {"number": number, "reader": reader.name if reader else "", "when": moment(now()),
            "mark": documents.mark()}  # fmt: skip
    frame = {
        "lang": language.partition("-")[0],
        "region": {"zh-hans": "CN", "zh-hant": "TW"}.get(language),
        "title": f"{head} {number}".strip(),
        "head": head,
        "number": number,
        "state": state,
        "issuer": operator.name if operator else "",
        "foot": gettext("%(number)s, drawn up for %(reader)s as of %(when)s") % said,
        "lost": gettext("“%(mark)s” stands for a character that no font of this site has.") % said,
        "sides": (),
    }
    body = documents.draw(TEMPLATES / f"{template}.typ", frame | data)
    return Document(f"{template.replace('_', '-')}-{name or number}", body)


def column(label: str, *, is_figure: bool = False, is_wide: bool = False) -> dict[str, str]:
    """A column of a table; figures stand at the right, a wide one takes what the others leave."""
    return {"label": label, "kind": "figure" if is_figure else "text", "width": "rest" if is_wide else "own"}


def noted(text: str, note: str) -> dict[str, str]:
    """A cell with smaller words below."""
    return {"text": text, "note": note}


def side(label: str, head: Letterhead | None, *more: str) -> dict[str, Any]:
    """A company of the deal as it stands at the head of a document."""
    lines = [*number_and_address(head), *more] if head else more
    return {"label": label, "name": head.name if head else "", "lines": [line for line in lines if line]}


def number_and_address(head: Letterhead) -> list[str]:
    """What identifies a company beside its name."""
    number = gettext("Company number %(number)s") % {"number": head.number} if head.number else ""
    return [line for line in (number, head.address) if line]


def moment(at: dt.datetime | None) -> str:
    """A moment as 2026-11-22 14:05, local."""
    return f"{local(at):%Y-%m-%d %H:%M}" if at else "–"


def known(*facts: Pair) -> list[Pair]:
    """The facts that are known."""
    return [(label, value) for label, value in facts if value and value != "–"]


def address(ship_to: Mapping[str, Any]) -> list[str]:
    """Where goods go, line by line, as the reader's language writes addresses."""
    region = region_name(ship_to["country"], ship_to["region"])
    code, country = ship_to["postcode"], country_name(ship_to["country"])
    if (get_language() or "").startswith("zh"):
        return [f"{region}{ship_to['city']} {ship_to['street']}".strip(), " ".join(filter(None, [code, country]))]
    place = ", ".join(filter(None, [ship_to["city"], region]))
    return [ship_to["street"], " ".join(filter(None, [place, code])), country]


def recipient(ship_to: Mapping[str, Any]) -> dict[str, Any]:
    """Who takes the goods, and where."""
    lines = [ship_to["phone"], *address(ship_to)]
    return {"label": gettext("Ship to"), "name": ship_to["name"], "lines": [line for line in lines if line]}


def heads_of(*faces: Mapping[str, str]) -> dict[str, Letterhead]:
    """How the companies of a deal stand on paper, given their faces."""
    return parties.letterheads([face["ref"] for face in faces])


def numbered(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows with their number before them."""
    return [[str(place), *row] for place, row in enumerate(rows, 1)]
