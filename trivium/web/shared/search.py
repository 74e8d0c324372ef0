"""The search box of every page: orders, goods and companies of the own scope, by number, name, pinyin or initials."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.shelf import queries as shelf
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.filters import money, qty, unit_price
from trivium.web.shared.pinyin import fitting, is_spelled
from trivium.web.shared.workspace import WorkspaceRequest

EACH = 8
NAMES_LOOKED_AT = 5000
NAMES_THAT_FIT = 3
_GOODS = {"supplier": "products", "partner": "goods", "buyer": "shelf"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, where it is, and what tells it from its like."""

    words: str
    url: str
    note: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `url` leads to all of it in its list."""

    words: str
    icon: str
    hits: list[Hit]
    count: int
    url: str


@page
def search(request: WorkspaceRequest) -> Shown:
    """What fits the text, by kind."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    actor, groups = request.actor, []
    if text:
        found = (_orders(actor, text), _goods(actor, text), _companies(actor, text))
        groups = [group for group in found if group and group.hits]
    return Shown("shared/search.html", {"searched": text, "groups": groups})


def _look(
    text: str, look: Callable[[str], Found], names: Callable[[], Iterable[str]], key: Callable[[Any], str]
) -> tuple[Found, str]:
    """What is found by a text, else by the first names whose pinyin it is; and by which text its list shows that."""
    found = look(text)
    if found.rows or not is_spelled(text):
        return found, text
    rows: dict[str, Any] = {}
    fits = fitting(text, names())[:NAMES_THAT_FIT]
    count = 0
    for name in fits:
        found = look(name)
        count += found.count - len(rows.keys() & {key(row) for row in found.rows})
        rows |= {key(row): row for row in found.rows}
    return Found(list(rows.values())[:EACH], count, found.is_more), fits[0] if fits else text


def _orders(actor: Actor, text: str) -> Group:
    found, said = _look(
        text,
        lambda each: ordering.order_list(actor, Wanted(text=each, sort="placed", descending=True, limit=EACH)),
        lambda: ordering.company_names(actor, limit=NAMES_LOOKED_AT),
        lambda row: str(row["ref"]),
    )
    hits = [_order_hit(actor, row) for row in found.rows]
    return Group(gettext("Orders"), "list", hits, found.count, _listed(reverse(f"{actor.role}:orders"), said))


def _order_hit(actor: Actor, row: dict[str, Any]) -> Hit:
    suppliers = [part["supplier"]["name"] for part in row["supplier_orders"]]
    others = suppliers if actor.role == "buyer" else [row["buyer"]["name"]]
    states = dict.fromkeys(words.word("status", p["progress"]) for p in row["supplier_orders"])
    note = " · ".join([*others, *states, *filter(None, [row["po_number"]])])
    total = money(row["total"], row["currency"]) if "total" in row else ""
    return Hit(row["number"], reverse(f"{actor.role}:order", args=[row["ref"]]), note, total)


def _goods(actor: Actor, text: str) -> Group | None:
    place = _GOODS.get(actor.role)
    if place is None or not actor.may("product.view"):
        return None
    language = get_language() or "en"
    found, said = _look(
        text,
        lambda each: shelf.offer_list(actor, Wanted(text=each, limit=EACH), language=language),
        lambda: shelf.names(actor, limit=NAMES_LOOKED_AT),
        lambda offer: str(offer.sku_ref),
    )
    hits = [
        Hit(
            offer.name,
            reverse(f"{actor.role}:product", args=[offer.product_ref]),
            f"{offer.code} · {offer.supplier_name} · {qty(offer.available)} {words.word('unit', offer.unit)}",
            unit_price(offer.unit_price or offer.list_price, offer.currency),
        )
        for offer in found.rows
    ]
    return Group(gettext("Goods"), "box", hits, found.count, _listed(reverse(f"{actor.role}:{place}"), said))


def _companies(actor: Actor, text: str) -> Group | None:
    if actor.role == "partner":
        return _buyers(actor, text)
    if actor.role != "operator":
        return None
    found, said = _look(
        text,
        lambda each: parties.organization_list(actor, Wanted(text=each, limit=EACH)),
        lambda: [row.name for row in parties.organization_list(actor, Wanted(limit=NAMES_LOOKED_AT)).rows],
        lambda row: str(row.ref),
    )
    hits = [
        Hit(row.name, reverse("operator:company", args=[row.ref]),
            " · ".join([*(words.word("role", role) for role in row.roles), row.legal_name]).strip(" ·"))
        for row in found.rows
    ]  # fmt: skip
    return Group(gettext("Companies"), "users", hits, found.count, _listed(reverse("operator:organizations"), said))


def _buyers(actor: Actor, text: str) -> Group:
    """A partner's own buyers; each leads to its line in their list."""
    found, said = _look(
        text,
        lambda each: parties.buyer_list(actor, Wanted(text=each, limit=EACH)),
        lambda: [row.buyer_name for row in parties.buyer_list(actor, Wanted(limit=NAMES_LOOKED_AT)).rows],
        lambda row: f"{row.buyer_ref} {row.starts_at}",
    )
    place = reverse("partner:buyers")
    hits = [Hit(row.buyer_name, _listed(place, row.buyer_name), words.word("status", row.state)) for row in found.rows]
    return Group(gettext("Buyers"), "building", hits, found.count, _listed(place, said))


def _listed(place: str, text: str) -> str:
    """Where a list shows all that a text finds."""
    return f"{place}?{urlencode({'q': text})}"
