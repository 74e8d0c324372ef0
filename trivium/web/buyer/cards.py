"""Goods on the shelf as cards, drawn without a template: a shelf of 25 has 300 places, and a template its price."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from trivium.catalog.queries import Face
from trivium.inventory.queries import Closed
from trivium.shelf.queries import Offer
from trivium.web.shared import words
from trivium.web.shared.cells import safe
from trivium.web.shared.filters import day, icon, qty, unit_price
from trivium.web.shared.paths import path_to
from trivium.web.shared.pictures import CARD, picture


@dataclass(frozen=True, slots=True)
class Card:
    """Goods on the shelf."""

    offer: Offer
    face: Face | None
    band: str
    closed: Closed | None = None


def drawn(cards: Sequence[Card]) -> SafeString:
    """The cards in their order."""
    return SafeString("".join([_card(card, place) for place, card in enumerate(cards, 1)]))


def _card(card: Card, place: int) -> str:
    offer = card.offer
    url = f"{path_to('buyer:product', offer.product_ref)}#{offer.sku_ref}"
    least = gettext("from %(moq)s %(unit)s") % {"moq": qty(offer.moq), "unit": words.word("unit", offer.unit)}
    contract = gettext("contract price")
    agreed = f'<span class="tag">{safe(contract)}</span>' if offer.is_contract else ""
    return (
        f'<li><a href="{safe(url)}">{picture(card.face, kind=CARD, place=place)}<span class="name">{safe(offer.name)}'
        f'</span><span class="price">{_price(offer)}{agreed}</span><span class="moq">{safe(least)}</span>'
        f'<span class="band {card.band}">{_band(card)}</span><small class="by">{safe(offer.supplier_name)}</small>'
        f"{_closed(card)}</a></li>"
    )


def _closed(card: Card) -> str:
    if card.closed is None:
        return ""
    said = gettext("Closed, works again on %(day)s") % {"day": day(card.closed.works_again)}
    return f'<small class="closed">{icon("calendar")}{safe(said)}</small>'


def _price(offer: Offer) -> str:
    if offer.unit_price is None:
        none = gettext("No price for you yet")
        return f"<small>{safe(none)}</small>"
    per = safe(words.word("per", offer.unit))
    return f"<b>{safe(unit_price(offer.unit_price, offer.currency))}</b> <small>/ {per}</small>"


def _band(card: Card) -> str:
    if card.band == "plenty":
        return icon("check") + safe(gettext("plenty in stock"))
    if card.band == "some":
        return icon("clock") + safe(gettext("%(left)s in stock") % {"left": qty(card.offer.available)})
    if card.band == "to_order":
        return icon("calendar") + safe(gettext("to order"))
    return icon("cross") + safe(gettext("out of stock"))
