"""A small market built through the commands: the ground that journeys, audits and machines stand on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewSku
from trivium.core.actor import Actor
from trivium.core.ids import new_ref
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.ordering import commands as ordering
from trivium.ordering.rules import Address, Wish
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewFreightRate, NewPrice

SYSTEM = Actor.system("tests")
ADDRESS = Address(
    name="Chen Wei", phone="+8613800138000", country="CN", region="440305", city="Shenzhen", street="1 Keyuan Road"
)


@dataclass(frozen=True)
class Company:
    """An organization with one person at work in one role, and a colleague."""

    ref: str
    id: int
    actor: Actor
    colleague: Actor


@dataclass
class Market:
    """One operator and whoever has joined."""

    currency: str = "CNY"
    operator: Company = field(init=False)
    house: Company = field(init=False)
    category_ref: str = field(init=False)

    def __post_init__(self) -> None:
        self.operator = self.join("Sanhui Operations", "operator")
        self.house = self.join("Sanhui Direct", "partner", is_house=True, confirms_by_rule=True)
        self.category_ref = catalog.create_category(
            self.operator.actor, code=f"c{new_ref('x')[2:12]}", name={"en": "Tools", "zh-hans": "工具"}
        )

    def join(self, name: str, role: str, **kwargs: Any) -> Company:
        """Admit a company with two people."""
        made = parties.admit_organization(SYSTEM, name=name, roles=(role,), currency=self.currency, **kwargs)
        return Company(made.ref, made.pk, self.person(made.ref, role), self.person(made.ref, role))

    def person(self, organization_ref: str, role: str, job: str = "admin") -> Actor:
        """A new person at work in an organization."""
        mail = f"{new_ref('p')}@example.test"
        user = parties.register_person(SYSTEM, email=mail, name="Lin Yue", password="correct horse 9")
        parties.grant_role(SYSTEM, email=mail, organization_ref=organization_ref, role=role, job=job)
        actor = people.actor_of(user.pk, organization_ref, role)
        assert actor is not None
        return actor

    def requester(self, company: Company, monthly_limit: int) -> Company:
        """A buyer as somebody who may order for so much a month without a word."""
        actor = self.person(company.ref, "buyer", "requester")
        place = parties.Place("requester", monthly_limit=monthly_limit)
        parties.change_place(company.actor, actor.user_ref, place)
        return replace(company, actor=actor)

    def supplier(self, name: str, *, fee: str = "3", share: str = "8", freight: int = 0, **terms: Any) -> Company:
        """A supplier under contract that delivers for a flat freight."""
        company = self.join(name, "supplier")
        self.sign("operator_supplier", company, {"fee_percent": fee, "share_percent": share, **terms})
        rate = NewFreightRate(delivery_method="standard", currency=self.currency, base=freight)
        pricing.set_freight_rates(company.actor, [rate])
        return company

    def partner(self, name: str, mode: str = "commission", percent: str = "8") -> Company:
        """A partner under contract."""
        company = self.join(name, "partner")
        clause = {"bands": [{"from": 0, "percent": percent}]}
        clauses = [] if mode == "markup" else [clause]
        self.sign("operator_partner", company, {"mode": mode, "clauses": clauses})
        return company

    def sign(self, kind: str, company: Company, terms: dict[str, Any]) -> str:
        """A share contract proposed by the operator and signed by both sides."""
        ref = pricing.propose_share_contract(self.operator.actor, kind=kind, terms=terms, party_ref=company.ref)
        pricing.sign_share_contract(self.operator.actor, ref)
        pricing.sign_share_contract(company.actor, ref)
        return ref

    def buyer(self, name: str, partner: Company) -> Company:
        """A buyer that belongs to a partner."""
        company = self.join(name, "buyer")
        parties.assign_buyer(self.operator.actor, buyer_ref=company.ref, partner_ref=partner.ref)
        return company

    def sku(
        self, supplier: Company, code: str, steps: Sequence[tuple[int, str]], *, stock: int = 1000, **kwargs: Any
    ) -> str:
        """A listed sku with step prices and stock; returns its reference."""
        made = catalog.create_product(
            supplier.actor,
            name={"en": f"Product {code}", "zh-hans": f"产品 {code}"},
            category_ref=self.category_ref,
            skus=[NewSku(code=code, **kwargs)],
        )
        ref = made.sku_refs[code]
        if steps:
            prices = [NewPrice(ref, start, price) for start, price in steps]
            pricing.publish_price_list(supplier.actor, name=f"List {code}", currency=self.currency, prices=prices)
        if stock:
            inventory.receive(supplier.actor, [Item(ref, stock)], key=new_ref("rcv"))
        return ref

    def order(self, buyer: Company, wishes: Sequence[tuple[str, int | str]], **kwargs: Any) -> ordering.Placed:
        """Place an order for (sku, quantity)."""
        kwargs = {"delivery_method": "standard", "payment_method": "bank_transfer", "ship_to": ADDRESS, **kwargs}
        return ordering.place_order(buyer.actor, [Wish(ref, Decimal(quantity)) for ref, quantity in wishes], **kwargs)
