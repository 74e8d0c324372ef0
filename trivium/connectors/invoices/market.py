"""The ground a replay stands on: who trades, under which contracts, and what is made when a day first needs it."""

import dataclasses
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from trivium.catalog import commands as catalog
from trivium.catalog import queries as goods
from trivium.catalog.rules import NewProduct, NewSku
from trivium.connectors.invoices.batches import Invoice
from trivium.connectors.invoices.countries import country_code
from trivium.connectors.invoices.prices import Change, Steps
from trivium.connectors.invoices.sorting import CURRENCY
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.i18n import gettext_noop
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.inventory import commands as inventory
from trivium.inventory import queries as stock
from trivium.inventory.rules import Item
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.queries import Party
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.rules import NewFreightRate, NewPrice

T = TypeVar("T")
SYSTEM = Actor.system("replay")
DELIVERY = "standard"
TERMS = {"fee_percent": "3", "share_percent": "0", "payable": "when_paid"}
CATEGORY = "replayed-goods"
PRICE_LIST = gettext_noop("Replayed invoices")
SET = 5_000  # so many things at once go into one command
LOT = 100  # goods are received in hundreds


@dataclass(frozen=True, slots=True)
class Goods:
    """A sku of the supplier, as a replay needs it."""

    ref: str
    id: int


@dataclass(slots=True)
class Made:
    """How many of each kind a replay had to create."""

    buyers: int = 0
    products: int = 0
    deliveries: int = 0
    price_changes: int = 0


class Market:
    """The operator, its house partner and the file's company, with one person at work on each of the two sides."""

    level = ""  # of the buyers and of the prices
    region = ""  # to which goods are sent
    delivery = DELIVERY

    def __init__(self, company: str) -> None:
        """Find the parties, or admit them, and let operator and supplier sign what they lack."""
        self.key = f"invoices:{_slug(company)}"
        operator_ref = parties.found_operator(company="Trivium", currency=CURRENCY)
        self.house = people.house_partner() or _admit("自营", "partner", is_house=True, confirms_by_rule=True)
        supplier = people.organizations_by_external_id([self.key]).get(self.key)
        supplier = supplier or _admit(company[:120], "supplier", country="GB", external_id=self.key)
        self.operator = _person(operator_ref, "operator", "operations")
        self.supplier = _person(supplier.ref, "supplier", _slug(company))
        self.made = Made()
        self._sign_contract(supplier)
        self._find_ground()

    def _find_ground(self) -> None:
        self._offer_delivery()
        self._price_list_ref = self._find_price_list()
        self._category_ref = _category(self.operator)

    def _sign_contract(self, supplier: Party) -> None:
        signed = prices.share_contracts(self.supplier, party_ref=supplier.ref, limit=200)
        if any(version.is_complete for version in signed):
            return
        ref = pricing.propose_share_contract(
            self.operator, kind="operator_supplier", terms=TERMS, party_ref=supplier.ref
        )
        pricing.sign_share_contract(self.operator, ref)
        pricing.sign_share_contract(self.supplier, ref)

    def _offer_delivery(self) -> None:
        rates = prices.freight_rates(self.supplier)
        if not any(r["delivery_method"] == self.delivery and r["currency"] == CURRENCY for r in rates):
            free = NewFreightRate(
                delivery_method=self.delivery, currency=CURRENCY, base=0, region_prefix=self.region
            )
            there: list[dict[str, Any]] = [dict(rate) for rate in rates]
            pricing.set_freight_rates(self.supplier, [*(NewFreightRate(**rate) for rate in there), free])

    def _find_price_list(self) -> str:
        lists = prices.price_lists(self.supplier, limit=200)
        own = (PRICE_LIST, CURRENCY, self.level)
        return next((row.ref for row in lists if (row.name, row.currency, row.buyer_level) == own), "")

    # -- what a day needs, in sets ---------------------------------------------------------------------

    def buyers(self, invoices: Sequence[Invoice]) -> dict[str, Actor]:
        """The buyers' workspaces by customer id; those who are new are admitted under the house partner."""
        names = {self._external_id(i.customer): i for i in invoices}
        known = people.organizations_by_external_id(list(names))
        fresh = [
            (f"Customer {i.customer}", key, country_code(i.country)) for key, i in names.items() if key not in known
        ]
        for some in sets(fresh):
            parties.admit_buyers(
                SYSTEM, some, partner_ref=self.house.ref, currency=CURRENCY, level=self.level
            )
        if fresh:
            self.made.buyers += len(fresh)
            known = people.organizations_by_external_id(list(names))
        return {i.customer: people.acting_for(SYSTEM, known[key], "buyer") for key, i in names.items()}

    def _external_id(self, customer: str) -> str:
        return f"{self.key[:39]}:{customer}"

    def goods(self, invoices: Sequence[Invoice]) -> dict[str, Goods]:
        """The supplier's skus by code; those that are new become products named as on their first line."""
        names = {line.code: line.description for i in reversed(invoices) for line in reversed(i.lines)}
        supplier_id = self.supplier.organization_id or 0
        known = goods.skus_by_code(supplier_id, list(names))
        fresh = [
            NewProduct(name=name, category_ref=self._category_ref, skus=[NewSku(code=code)])
            for code, name in names.items()
            if code not in known
        ]
        for some in sets(fresh):
            for created in catalog.create_products(self.supplier, some):
                known |= created.sku_refs
        self.made.products += len(fresh)
        ids = goods.own_skus(self.supplier, list(known.values()))
        return {code: Goods(ref, ids[ref]) for code, ref in known.items()}

    def receive(self, sold: Counter[str], skus: dict[str, Goods]) -> None:
        """Take in what the day will sell beyond what is there: four times what lacks, in hundreds."""
        there = stock.available([skus[code].id for code in sold])
        lacking = {code: pieces - int(there[skus[code].id]) for code, pieces in sold.items()}
        items = [Item(skus[code].ref, -(-pieces * 4 // LOT) * LOT) for code, pieces in lacking.items() if pieces > 0]
        for some in sets(items):
            inventory.receive(self.supplier, some, key=new_ref("replay"))
        self.made.deliveries += bool(items)

    def steps(self, skus: dict[str, Goods]) -> dict[str, Steps]:
        """The supplier's list prices by code, as they stand now."""
        found = prices.supplier_prices([sku.id for sku in skus.values()], CURRENCY, now(), buyer_level=self.level)
        return {
            code: {int(row.from_quantity): row.unit_price for row in found[sku.id]}
            for code, sku in skus.items()
            if sku.id in found
        }

    def set_prices(self, changes: Sequence[Change], skus: dict[str, Goods]) -> None:
        """Change the supplier's price list; the first time, publish it."""
        for some in sets(changes):
            new = [NewPrice(skus[code].ref, pieces, unit_price) for code, pieces, unit_price in some]
            if self._price_list_ref:
                pricing.set_prices(self.supplier, self._price_list_ref, new)
            else:
                self._price_list_ref = pricing.publish_price_list(
                    self.supplier, name=PRICE_LIST, currency=CURRENCY, prices=new, buyer_level=self.level
                )
            self.made.price_changes += 1


def _admit(name: str, role: str, **kwargs: Any) -> Party:
    made = parties.admit_organization(SYSTEM, name=name, roles=(role,), currency=CURRENCY, **kwargs)
    return Party(made.pk, made.ref, made.name, made.currency)


def _person(organization_ref: str, role: str, name: str) -> Actor:
    """Somebody at work in a company, under a mail address nobody has and a password nobody knows."""
    mail = f"replay@{name[:50]}.invalid"
    try:
        place = parties.grant_role(SYSTEM, email=mail, organization_ref=organization_ref, role=role, job="admin")
    except NotFound:
        parties.register_person(SYSTEM, email=mail, name="Replay", password=secrets.token_urlsafe(32))
        place = parties.grant_role(SYSTEM, email=mail, organization_ref=organization_ref, role=role, job="admin")
    actor = people.actor_of(place.user_id, organization_ref, role)
    if actor is None:
        raise NotFound(what="person", ref=mail)
    return dataclasses.replace(actor, via="replay")


def _category(operator: Actor) -> str:
    found = goods.category_by_code(CATEGORY)
    if found is not None:
        return found.ref
    name = {"en": "Replayed goods", "zh-hans": "导入商品"}
    return catalog.create_category(operator, code=CATEGORY, name=name)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "company"


def sets(items: Iterable[T]) -> Iterator[list[T]]:
    """Things in sets of a size that one command takes."""
    rest = iter(items)
    while some := list(islice(rest, SET)):
        yield some
