"""What the attempts stand on: somebody at every portal of each side, what must not be seen, and a walk over pages."""

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from trivium.api.tests.scene import Scene, Side
from trivium.core.tests.drawn import text_of_pdf
from trivium.web.tests.hands import Hands

ROLES = ("operator", "supplier", "partner", "buyer")
TRADERS = ROLES[1:]
COMMON = {"category", "gateway", "rule", "term"}  # the platform's own, the same for everybody
ON_THE_SHELF = {"sku", "organization"}  # what buyers and partners may see of every supplier
LINK = re.compile(r'href="([^"#]+)')


@dataclass(frozen=True)
class People:
    """One side's people at their portals."""

    supplier: Hands
    partner: Hands
    buyer: Hands
    operator: Hands

    @classmethod
    def of(cls, scene: Scene, side: Side) -> "People":
        """Whoever is at work on this side, and the operator."""
        return cls(*(Hands(each.actor) for each in (side.supplier, side.partner, side.buyer, scene.market.operator)))

    def at(self, role: str) -> Hands:
        """The one in this role."""
        found: Hands = getattr(self, role)
        return found


def secrets(side: Side, role: str, last: str = "B") -> dict[str, str]:
    """What a side has and the same role of another side must not meet, by what it is. `last` is the side's letter."""
    hidden = COMMON if role == "supplier" else COMMON | ON_THE_SHELF
    found = {kind: ref for kind, ref in side.refs.items() if kind not in hidden}
    names = {"buyer name": f"Buyer {last}", "partner name": f"Partner {last}", "hidden goods": f"Hidden {last}"}
    if role == "supplier":
        names |= {"supplier name": f"Supplier {last}", "goods": f"Product {last}"}
    return found | names


def text_of(response: HttpResponse) -> str:
    """All text of an answer: of a page, of a file, of what is packed in a workbook, of a document."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    if body[:5] == b"%PDF-":
        return text_of_pdf(body)
    return html.unescape(body.decode("utf-8", "replace"))


def met(text: str, hidden: Mapping[str, str], typed: str = "") -> list[str]:
    """What of the hidden things stands in a text; what was typed, and is only repeated, does not count."""
    text = text.replace(typed, "").replace(quote(typed), "") if typed else text
    return [kind for kind, value in hidden.items() if value != typed and value in text]


def walk(hands: Hands, *, most: int = 200, deep: bool = False) -> Iterator[tuple[str, str]]:
    """(address, text) of every page and file that links lead to from the home; with `deep`, filters and files too."""
    start = f"/{hands.actor.role}/"
    known, todo = {start}, [start]
    while todo and most > 0:
        path = todo.pop(0)
        answer: Any = hands.client.get(path)
        most -= 1
        if answer.status_code != 200:
            continue
        text = text_of(answer)
        yield path, text
        if "text/html" not in answer.headers["Content-Type"]:
            continue
        for link in LINK.findall(answer.content.decode()):
            to = html.unescape(link)
            to = path.partition("?")[0] + to if to.startswith("?") else to
            wanted = to.startswith(start) and (deep or "?" not in to) and "sort=" not in to and "/feedback/" not in to
            if wanted and to not in known:
                known.add(to)
                todo.append(to)
