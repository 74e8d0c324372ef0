"""The shelf as portals show it: how much there is, and by what it is narrowed."""

from collections.abc import Sequence

from django.utils.translation import gettext

from trivium.shelf.queries import Choice, Offer
from trivium.web.shared.lists import Filter

PLENTY = 20  # of the smallest quantity: more than so many times is not counted out
INDENT = "\u2003"


def band_of(offer: Offer) -> str:
    """How much there is, as a buyer wants to know it: plenty, some, made to order, or none."""
    if offer.available > 0:
        return "plenty" if offer.available >= PLENTY * offer.moq else "some"
    return "to_order" if offer.backorder else "none"


def facets_of(categories: Sequence[Choice], suppliers: Sequence[Choice], chosen: str) -> tuple[Filter, Filter]:
    """Category and supplier with what each choice would leave; empty choices are not offered."""
    at = next((f"{its.path}/" for its in categories if its.ref == chosen), "")
    tree = [
        (its.ref, f"{INDENT * its.path.count('/')}{its.name}")
        for its in categories
        if at.startswith(f"{_above(its.path)}/") or not _above(its.path)
    ]
    return (
        Filter("category", gettext("Category"), tree, {its.ref: its.leaves for its in categories}),
        Filter("supplier", gettext("Supplier"), [(its.ref, its.name) for its in suppliers],
               {its.ref: its.leaves for its in suppliers}),
    )  # fmt: skip


def _above(path: str) -> str:
    """The category that one stands in; the first ones stand in none."""
    return path.rpartition("/")[0]
