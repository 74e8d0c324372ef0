"""Words that would be markup, kept in every text a stranger can write: no page makes an element of them.

The payload's elements and attributes carry a name nobody else uses, so that one parse of each page tells. Which columns
hold it is asked of the database: a text column that no command here reaches has to be named, with its reason.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from tests.journeys.market import ADDRESS, SYSTEM, Company, Market
from tests.redteam.ground import ROLES, walk
from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewSku
from trivium.core.ids import new_ref
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, business_day, now, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment.rules import CarrierEvent
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.ordering.rules import Address, Wish
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.pricing import commands as pricing
from trivium.pricing.rules import NewFreightRate, NewPrice
from trivium.service import commands as service
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db

MARK = "x9f3"
# Out of an attribute, out of a script, out of a textarea, a comment and a title; short, for many fields are.
EVIL = f"\"'></textarea></title><{MARK} on{MARK}=1>"
SHORT = f"\"'><{MARK}>"
URL = f"javascript:{MARK}"
EVERYBODY = ["supplier", "partner", "buyer"]


class Found(HTMLParser):
    """What of the payload has become markup, or an address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith(MARK) or any(MARK in name for name, _value in attrs):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction")
            if leads and (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{name}={value}")


class Evil:
    """A market in which everybody writes markup wherever words are taken."""

    def __init__(self) -> None:
        self.market = market = Market()
        operator = market.operator
        both = {"en": EVIL, "zh-hans": EVIL}
        self.category = catalog.create_category(operator.actor, code="evil", name=both)
        self.supplier = self._join("supplier", legal_name=EVIL)
        market.sign("operator_supplier", self.supplier, {"fee_percent": "3", "share_percent": "8"})
        rate = NewFreightRate(delivery_method="standard", currency="CNY", base=100)
        pricing.set_freight_rates(self.supplier.actor, [rate])
        self.partner = self._join("partner")
        clause = {"bands": [{"from": 0, "percent": "8"}]}
        market.sign("operator_partner", self.partner, {"mode": "commission", "clauses": [clause]})
        self.buyer = self._join("buyer")
        parties.assign_buyer(operator.actor, buyer_ref=self.buyer.ref, partner_ref=self.partner.ref)
        self._goods(both)
        self._trade()
        self._talk(both)
        drain()

    def _join(self, role: str, **kwargs: Any) -> Any:
        made = parties.admit_organization(SYSTEM, name=EVIL, roles=(role,), currency="CNY", **kwargs)
        actors = []
        for _each in range(2):
            mail = f"{new_ref('p')}@example.test"
            user = parties.register_person(SYSTEM, email=mail, name=EVIL, password="correct horse 9")
            parties.grant_role(SYSTEM, email=mail, organization_ref=made.ref, role=role, job="admin")
            actors.append(people.actor_of(user.pk, made.ref, role))
        return Company(made.ref, made.pk, *actors)

    def _goods(self, both: dict[str, str]) -> None:
        actor = self.supplier.actor
        skus = [NewSku(code="E1", name=both)]
        made = catalog.create_product(actor, name=both, description=both, category_ref=self.category, skus=skus)
        self.sku, self.product = made.sku_refs["E1"], made.ref
        pricing.publish_price_list(actor, name=EVIL, currency="CNY", prices=[NewPrice(self.sku, 1, "10.00")])
        inventory.receive(actor, [Item(self.sku, 1000)], key=EVIL)
        inventory.open_location(actor, name=EVIL)
        inventory.set_holiday(actor, begins=business_day(now()), ends=business_day(now()), words=both)
        pricing.create_coupon(self.partner.actor, code="EVIL", name=both, amount_off=1, currency="CNY")
        pricing.launch_promotion(
            self.market.operator.actor, name=both, amount_off=1, threshold=100, currency="CNY",
            funders=[{"party": "operator", "weight": 1}],
        )  # fmt: skip

    def _place(self, **more: Any) -> Any:
        to = {name: getattr(ADDRESS, name) for name in Address.__dataclass_fields__}
        to |= {name: EVIL for name in ("name", "city", "street")}
        given = {"delivery_method": "standard", "payment_method": "bank_transfer", "ship_to": Address(**to), **more}
        return ordering.place_order(self.buyer.actor, [Wish(self.sku, 3)], po_number=SHORT, **given)

    def _trade(self) -> None:
        operator, supplier, partner = self.market.operator.actor, self.supplier.actor, self.partner.actor
        objected, rejected, cancelled, shipped, bought = (self._place() for _each in range(5))
        ordering.object_to_margin(partner, objected.supplier_order_refs[0], reason=EVIL)
        ordering.reject_supply(supplier, rejected.supplier_order_refs[0], reason=EVIL)
        ordering.cancel_order(self.buyer.actor, cancelled.ref, reason=EVIL)
        for placed in (shipped, bought):
            (part,) = placed.supplier_order_refs
            ordering.confirm_supply(supplier, part, ship_date=business_day(now()))
            ordering.confirm_margin(partner, part)
            drain()
            settlement.record_bank_transfer(operator, placed.ref, amount=placed.total, reference=f"{EVIL}{placed.ref}")
            drain()
        (part,) = shipped.supplier_order_refs
        shipment = fulfilment.dispatch(supplier, part, carrier=EVIL, tracking_numbers=[EVIL]).ref
        event = CarrierEvent(EVIL, EVIL, "in_transit", now(), EVIL, EVIL)
        fulfilment.record_tracking(supplier, shipment, [event])
        line = orders.get_order(operator, bought.ref)["supplier_orders"][0]["lines"][0]["ref"]
        items = [RefundItem(line, Decimal(1), unshipped=True)]
        settlement.refund(operator, bought.supplier_order_refs[0], items, reason=EVIL)

    def _talk(self, both: dict[str, str]) -> None:
        operator = self.market.operator.actor
        for company in (self.supplier, self.partner, self.buyer):
            ref = service.open_ticket(company.actor, subject=EVIL, text=EVIL, kind="question")
            service.answer(operator, ref, text=EVIL, asks_back=True)
            service.give_feedback(company.actor, text=EVIL, page=f"/{SHORT}/", page_title=EVIL)
            parties.create_api_key(company.actor, label=EVIL)
            parties.save_view(company.actor, "orders", name=SHORT, query=f"q={SHORT}", columns=["number"])
        service.announce(operator, title=both, text=both, kind="news", roles=EVERYBODY)
        self._meet(both)

    def _meet(self, both: dict[str, str]) -> None:
        """A poll, a meeting to come and one that is over, an agreement, a change of partner and an entry."""
        operator, lines = self.market.operator.actor, {language: [SHORT, EVIL] for language in both}
        service.ask_poll(operator, question=both, options=lines, voters="person", results_shown="voted",
                         closes_at=now() + dt.timedelta(days=9), roles=EVERYBODY)  # fmt: skip
        for days in (-3, 3):
            with use_clock(SettableClock(now() + dt.timedelta(days=min(days, 0)))):
                begins = now() + dt.timedelta(days=max(days, 0), hours=1)
                when = service.When(begins, begins + dt.timedelta(hours=1), place=EVIL, link=f"https://x.example/{MARK}")
                ref = service.call_meeting(operator, subject=both, agenda=both, when=when, roles=EVERYBODY)
                service.answer_meeting(self.buyer.actor, ref, answer="yes", guests=EVIL)
            if days < 0:
                task = service.Point(both, SHORT, business_day(now()) + dt.timedelta(days=30))
                service.publish_minutes(operator, ref, service.Written(both, lines, [task]))
        agreement = parties.draft_agreement(operator, role="buyer", title=both, text=both)
        parties.publish_agreement(operator, agreement, seen=people.get_agreement(operator, agreement).draft_hash,
                                  binds_on=business_day(now()) + dt.timedelta(days=3))  # fmt: skip
        parties.assign_buyer(operator, buyer_ref=self.buyer.ref, partner_ref=self.market.house.ref, reason=EVIL,
                             from_day=business_day(now()) + dt.timedelta(days=5))  # fmt: skip
        parties.begin_entry(operator, self.supplier.ref, role="supplier", reason=EVIL, minutes=30, acts=False)

    def people(self) -> dict[str, Any]:
        """Who opens the pages."""
        return {"operator": self.market.operator.actor, "supplier": self.supplier.actor, "partner": self.partner.actor,
                "buyer": self.buyer.actor}  # fmt: skip


@pytest.fixture(scope="module")
def evil(django_db_setup: None, django_db_blocker: Any) -> Iterator[Evil]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Evil()
        transaction.set_rollback(True)


@pytest.mark.parametrize("language", ["en", pytest.param("zh-hans", marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_makes_markup_of_what_somebody_wrote(evil: Evil, role: str, language: str) -> None:
    hands, seen, shown = Hands(evil.people()[role], language), 0, 0
    for path, _text in walk(hands, most=70, deep=False):
        answer = hands.client.get(path)
        if "text/html" not in answer.headers["Content-Type"]:
            continue
        page = answer.content.decode()
        seen += 1
        shown += MARK in page
        assert Found(page).found == [], path
    assert seen > 15 and shown > 5, (seen, shown)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_typed_into_an_address_becomes_markup(evil: Evil, role: str) -> None:
    hands = Hands(evil.people()[role])
    for path in ("orders/", "tickets/", "search/", "announcements/", "feedback/", "notices/", "shipments/"):
        for name in ("q", "status", "state", "sort", "page", "title", "view", "kind", "next", "format"):
            for word in (EVIL, URL):
                page = hands.client.get(f"/{role}/{path}", {name: word}).content.decode()
                assert Found(page).found == [], (path, name)


def test_files_hold_no_formula_and_are_never_shown_as_pages(evil: Evil) -> None:
    for role, actor in evil.people().items():
        answer = Hands(actor).client.get(f"/{role}/orders/", {"format": "csv"})
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


# Codes, references and keys: no words of anybody.
CODES = re.compile(r"(^|_)(ref|role|roles|job|state|status|kind|act|side|mode|currency|country|region|locale|unit|level"
                   r"|code|method|path|hash|password|scopes|columns|by|hash|gateway|language|purpose|number|terms"
                   r"|clauses|secret|email|subject|key)$")  # fmt: skip
TABLES = ("catalog_", "pricing_", "inventory_", "ordering_", "fulfilment_", "settlement_", "service_",
          "parties_organization", "parties_user", "parties_apikey", "parties_preference", "parties_agreement",
          "parties_cutover", "parties_entry")  # fmt: skip


def written(model: type[models.Model]) -> Iterator[str]:
    """The columns of a table that hold words."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not CODES.search(field.column):
            yield f"{model._meta.db_table}.{field.column}"


def test_every_text_a_stranger_can_write_held_the_payload(evil: Evil) -> None:
    """What did not hold it is of codes, or stands in ELSEWHERE with its reason."""
    reached, missing = set(), set()
    tables = [model for model in apps.get_models() if model._meta.db_table.startswith(TABLES)]
    for place in (place for model in tables for place in written(model)):
        table, _dot, column = place.partition(".")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {column}::text LIKE %s)", [f"%{MARK}%"])
            (reached if cursor.fetchone()[0] else missing).add(place)
    assert len(reached) > 25, sorted(reached)
    unreached = sorted(missing - set(ELSEWHERE))
    assert not unreached, "\n".join(unreached)


_MADE = "made by us, from codes and references"
_BANK = "the operator's own reference of a bank line, never shown as markup: web/tests/test_money.py"
ELSEWHERE = {
    **dict.fromkeys(
        (
            "catalog_productpicture.name",
            "inventory_movement.actor",
            "ordering_order.approval",
            "ordering_order.budget_period",
            *(f"parties_agreementsignature.{name}" for name in ("hash_all", "network", "via")),
            *(f"parties_agreementversion.{name}" for name in ("hash_all", "hash_en", "hash_zh")),
            "ordering_orderline.facts",
            "ordering_pricestage.source",
            "ordering_supplierorder.payable",
            "parties_organization.external_id",
            "parties_preference.name",
            "parties_preference.workspace",
            "pricing_coupon.funder",
            "pricing_promotion.funders",
            "service_stepdone.step",
            "service_ticket.outcome",
            "service_meeting.zone",
            "service_meetinganswer.answer",
            "service_poll.results_shown",
            "service_poll.voters",
            "service_pollvote.voter",
            "settlement_funding.account",
            "settlement_refundloss.account",
            "settlement_refundsource.account",
            "settlement_series.name",
            "settlement_statementconfirmation.actor",
            "settlement_statementline.account",
        ),
        _MADE,
    ),
    "parties_organization.address": "comes out of an application, which is not tried here yet",
    "parties_organization.industry": "a letter of GB/T 4754",
    "parties_organization.size": "one of four sizes",
    "pricing_freightrate.region_prefix": "digits of a region",
    "settlement_accountreceipt.reference": _BANK,
    "settlement_gatewaypayout.reference": _BANK,
}
"""Text columns no words of a stranger reach, and why."""
