"""A supplier's range as a sheet: what it would hand in to change nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog import queries as catalog
from trivium.catalog.queries import Entry
from trivium.core.actor import Actor
from trivium.core.quantity import plain
from trivium.core.time import now
from trivium.integration.rules.sheets import HEADINGS, write_prices
from trivium.inventory import queries as stock
from trivium.parties import queries as parties
from trivium.pricing import queries as prices
from trivium.pricing.queries import PriceListRow

Steps = list[tuple[Decimal, Decimal]]
PAGE = 60  # skus at once: with three steps each, their prices are one page


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with some skus: price steps in the sheet's list, and what is on hand in the first warehouse."""

    price_list: PriceListRow | None
    steps: dict[str, Steps]
    on_hand: dict[str, Decimal]


def base_list(actor: Actor) -> PriceListRow | None:
    """The price list a sheet speaks of: a supplier's newest one in force, in its own currency and for everybody."""
    at, currency = now(), parties.names_of([actor.organization_id or 0])[actor.organization_id or 0].currency
    found = [
        row for row in prices.price_lists(actor, limit=200)
        if not row.buyer_level and not row.partner_ref and row.currency == currency
        and row.starts_at <= at and (row.ends_at is None or row.ends_at > at)
    ]  # fmt: skip
    return found[-1] if found else None


def standing(actor: Actor, sku_refs: Sequence[str]) -> Standing:
    """Prices and stock of a supplier's skus. A constant number of statements, and one more for each 200 prices."""
    price_list, steps = base_list(actor), defaultdict[str, Steps](list)
    last = 0
    while price_list is not None:
        page = prices.prices_of(actor, price_list.ref, sku_refs=sku_refs, after_id=last, limit=200)
        for price in page:
            steps[price.sku_ref].append((price.from_quantity, price.unit_price))
        if len(page) < 200:
            break
        last = page[-1].id
    first, on_hand = next(iter(stock.locations_of(actor)), None), dict[str, Decimal]()
    last = 0
    while first is not None:
        levels = stock.stock_of(actor, sku_refs=sku_refs, after_id=last, limit=200)
        on_hand |= {level.sku_ref: level.on_hand for level in levels if level.location_ref == first.ref}
        if len(levels) < 200:
            break
        last = levels[-1].id
    return Standing(price_list, {ref: sorted(its) for ref, its in steps.items()}, on_hand)


def sheet(actor: Actor, *, language: str) -> Iterator[list[str]]:
    """A supplier's whole range as the rows of a sheet, its heading first, in the reader's language.

    Refuses: Denied("product.edit").
    """
    actor.require("product.edit")
    yield [names[1 if language.startswith("zh") else 0] for names in HEADINGS.values()]
    for page in catalog.entries(actor.organization_id or 0, page=PAGE):
        known = standing(actor, [entry.sku_ref for entry in page])
        for entry in page:
            yield _row(entry, known)


def _row(entry: Entry, known: Standing) -> list[str]:
    leads = entry.code == entry.lead_code
    cells = {
        "code": entry.code,
        "name": entry.name.get("zh-hans", ""),
        "name_en": entry.name.get("en", ""),
        "description": entry.description.get("zh-hans", "") if leads else "",
        "description_en": entry.description.get("en", "") if leads else "",
        "category": entry.category_code if leads else "",
        "unit": entry.unit,
        "moq": str(plain(entry.moq)),
        "step": str(plain(entry.quantity_step)),
        "weight_g": str(entry.weight_g),
        "prices": write_prices(known.steps[entry.sku_ref]) if known.steps.get(entry.sku_ref) else "",
        "stock": str(plain(known.on_hand[entry.sku_ref])) if entry.sku_ref in known.on_hand else "",
        "listed": "1" if entry.is_listed else "0",
        "variant_of": "" if leads else entry.lead_code,
    }
    return [cells[key] for key in HEADINGS]
