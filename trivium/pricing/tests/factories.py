"""Prices, contracts and a whole market for tests."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from trivium.catalog import queries as catalog
from trivium.catalog.tests.factories import make_skus
from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.ids import new_ref
from trivium.core.models import EventRecord
from trivium.core.time import now
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.tests.factories import SYSTEM, make_buyer, make_organization
from trivium.pricing import commands, queries
from trivium.pricing.models import (
    ContractPrice,
    ContractSignature,
    ContractVersion,
    Coupon,
    CouponAllowance,
    CouponUse,
    FreightRate,
    PartnerStanding,
    Price,
    PriceList,
    Promotion,
)
from trivium.pricing.rules import NewFreightRate, NewPrice
from trivium.pricing.tests import worked

if TYPE_CHECKING:
    from trivium.parties.models import Organization

TABLES = (
    PriceList, Price, ContractPrice, Promotion, Coupon, CouponAllowance, CouponUse, ContractVersion,
    ContractSignature, FreightRate, PartnerStanding,
)  # fmt: skip


def everything() -> list[list[tuple[object, ...]]]:
    """Every row of every table of pricing and the event log, to see that nothing changed."""
    return [list(table.objects.order_by("pk").values_list()) for table in (*TABLES, EventRecord)]


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused, changes nothing and tells nobody; the test's own transaction lives on."""
    before = everything()
    with pytest.raises(kind) as refusal, transaction.atomic():
        yield refusal
    assert everything() == before


def make_actor(organization: "Organization", role: str) -> Actor:
    """A fresh person's workspace. Nobody signs in here, so no password is hashed: it would be most of a test.
    """
    mail = f"{new_ref('p')}@example.test"
    user = get_user_model().objects.create(email=mail, name="Lin Yue", password="!", created_at=now())
    parties_commands.grant_role(SYSTEM, email=mail, organization_ref=organization.ref, role=role, job="admin")
    actor = parties.actor_of(user.pk, organization.ref, role)
    assert actor is not None
    return actor


@dataclass
class Market:
    """An operator, a partner with a buyer, and two suppliers that sell A and C; what the worked example
    needs.
    """

    mode: str = "commission"
    operator: Actor = field(init=False)
    operator_organization: "Organization" = field(init=False)
    partner: Actor = field(init=False)
    buyer: "Organization" = field(init=False)
    suppliers: dict[str, Actor] = field(init=False)
    skus: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.operator_organization = make_organization("Trivium", "operator")
        self.operator = make_actor(self.operator_organization, "operator")
        organization = make_organization("Hua Dong Trading", "partner")
        self.partner = make_actor(organization, "partner")
        self.buyer = make_buyer("Suzhou Hotel", organization)
        self.suppliers = {sku: make_actor(make_organization(f"Works {sku}", "supplier"), "supplier") for sku in "AC"}
        self.skus = {sku: make_skus(supplier, name=sku)[0] for sku, supplier in self.suppliers.items()}

    def sign_all(self) -> None:
        """Share contracts of both suppliers and the partner, signed by both sides."""
        for supplier in self.suppliers.values():
            self.sign("operator_supplier", worked.SUPPLIER_TERMS, supplier)
        self.sign("operator_partner", worked.PARTNER_TERMS[self.mode], self.partner)

    def sign(self, kind: str, terms: dict[str, Any], party: Actor, **more: Any) -> str:
        """A contract version that both sides have signed."""
        ref = commands.propose_share_contract(
            self.operator, kind=kind, terms=terms, party_ref=party.organization_ref, **more
        )
        commands.sign_share_contract(self.operator, ref)
        assert commands.sign_share_contract(party, ref)
        return ref

    def publish_prices(self) -> None:
        """The suppliers' lists, and under markup the partner's own."""
        for sku, supplier in self.suppliers.items():
            self.publish(supplier, sku, worked.STEPS[sku])
            if self.mode == "markup":
                self.publish(self.partner, sku, worked.PARTNER_STEPS[sku], supplier_ref=supplier.organization_ref)

    def publish(self, seller: Actor, sku: str, steps: Any, **more: Any) -> str:
        """A price list with the steps of one sku."""
        prices = [NewPrice(self.skus[sku], step, price) for step, price in steps]
        return commands.publish_price_list(seller, name="Wholesale", currency="CNY", prices=prices, **more)

    def set_freight(self) -> None:
        """20.00 from the one supplier and 8.00 from the other."""
        for sku, supplier in self.suppliers.items():
            rate = NewFreightRate(delivery_method="standard", currency="CNY", base=worked.FREIGHT[sku])
            commands.set_freight_rates(supplier, [rate])

    def give_discounts(self) -> None:
        """The operator's promotion and the partner's coupon of the example."""
        commands.launch_promotion(
            self.operator, name={"en": "Spend 1000 save 50", "zh-hans": "满1000减50"}, amount_off=5000,
            threshold=100_000, currency="CNY",
            funders=[{"party": party, "weight": weight} for party, weight in worked.FUNDERS],
        )  # fmt: skip
        commands.create_coupon(self.partner, code="TEN", amount_off=1000, currency="CNY")

    def set_up(self) -> "Market":
        """Everything of the worked example."""
        self.sign_all()
        self.publish_prices()
        self.set_freight()
        self.give_discounts()
        return self

    def wants(self, **quantities: Any) -> list[queries.WantedLine]:
        """Lines by sku name: wants(A=10, C=3)."""
        found = catalog.tradable([self.skus[sku] for sku in quantities])
        skus = {sku: found[self.skus[sku]] for sku in quantities}
        return [
            queries.WantedLine(
                skus[sku].id, skus[sku].ref, skus[sku].supplier_id, skus[sku].category_id, skus[sku].category_path,
                Decimal(quantity), skus[sku].weight_g,
            )
            for sku, quantity in quantities.items()
        ]  # fmt: skip

    def request(self, lines: list[queries.WantedLine] | None = None, **more: Any) -> queries.QuoteRequest:
        """The buyer's request, by default that of the worked example without coupon."""
        given: dict[str, Any] = {
            "buyer_id": self.buyer.pk, "partner_id": self.partner.organization_id, "currency": "CNY", "at": now(),
            "lines": lines if lines is not None else self.wants(A=10, C=3), "country": "CN", **more,
        }  # fmt: skip
        return queries.QuoteRequest(**given)

    def quote(self, lines: list[queries.WantedLine] | None = None, **more: Any) -> queries.Quote:
        """What it would cost now."""
        return queries.quote(self.request(lines, **more))


def later(**by: float) -> dt.datetime:
    """A moment from now on."""
    return now() + dt.timedelta(**by)


def party_id(ref: str) -> int:
    """The key of an organization."""
    return parties.parties_by_ref([ref])[ref].id
