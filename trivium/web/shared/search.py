"""The search box of every page: orders, goods and companies of the own scope, by number, name or pinyin initials."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.lists import Wanted
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.shelf import queries as shelf
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.filters import money, qty, unit_price
from trivium.web.shared.pinyin import fitting, is_initials
from trivium.web.shared.workspace import WorkspaceRequest

EACH = 8
NAMES_LOOKED_AT = 5000


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


def _orders(actor: Actor, text: str) -> Group:
    wanted = Wanted(text=text, sort="placed", descending=True, limit=EACH)
    found, said = ordering.order_list(actor, wanted), text
    if not found.rows and is_initials(text):
        for name in fitting(text, ordering.company_names(actor, limit=NAMES_LOOKED_AT))[:1]:
            found, said = ordering.order_list(actor, replace(wanted, text=name)), name
    hits = [_order_hit(actor, row) for row in found.rows]
    url = f"{reverse(f'{actor.role}:orders')}?q={said}"
    return Group(gettext("Orders"), "list", hits, found.count, url)


def _order_hit(actor: Actor, row: dict[str, Any]) -> Hit:
    suppliers = [part["supplier"]["name"] for part in row["supplier_orders"]]
    others = suppliers if actor.role == "buyer" else [row["buyer"]["name"]]
    states = dict.fromkeys(words.word("status", p["progress"]) for p in row["supplier_orders"])
    note = " · ".join([*others, *states, *filter(None, [row["po_number"]])])
    total = money(row["total"], row["currency"]) if "total" in row else ""
    return Hit(row["number"], reverse(f"{actor.role}:order", args=[row["ref"]]), note, total)


def _goods(actor: Actor, text: str) -> Group | None:
    if actor.role not in ("supplier", "buyer"):
        return None
    language = get_language() or "en"
    found, said = shelf.offer_list(actor, Wanted(text=text, limit=EACH), language=language), text
    if not found.rows and is_initials(text):
        for name in fitting(text, shelf.names(actor, limit=NAMES_LOOKED_AT))[:1]:
            found, said = shelf.offer_list(actor, Wanted(text=name, limit=EACH), language=language), name
    place = "products" if actor.role == "supplier" else "shelf"
    hits = [
        Hit(
            offer.name,
            reverse(f"{actor.role}:product", args=[offer.product_ref]),
            f"{offer.code} · {offer.supplier_name} · {qty(offer.available)} {words.word('unit', offer.unit)}",
            unit_price(offer.unit_price or offer.list_price, offer.currency),
        )
        for offer in found.rows
    ]
    return Group(gettext("Goods"), "box", hits, found.count, f"{reverse(f'{actor.role}:{place}')}?q={said}")


def _companies(actor: Actor, text: str) -> Group | None:
    if actor.role != "operator":
        return None
    found, said = parties.organization_list(actor, Wanted(text=text, limit=EACH)), text
    if not found.rows and is_initials(text):
        names = [row.name for row in parties.organization_list(actor, Wanted(limit=NAMES_LOOKED_AT)).rows]
        for name in fitting(text, names)[:1]:
            found, said = parties.organization_list(actor, Wanted(text=name, limit=EACH)), name
    hits = [
        Hit(row.name, reverse("operator:company", args=[row.ref]),
            " · ".join([*(words.word("role", role) for role in row.roles), row.legal_name]).strip(" ·"))
        for row in found.rows
    ]  # fmt: skip
    return Group(gettext("Companies"), "users", hits, found.count, f"{reverse('operator:organizations')}?q={said}")
