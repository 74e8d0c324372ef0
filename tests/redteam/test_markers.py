"""Four figures nobody could mistake, and every answer of every role searched for those it may not read (domain.md, 3).

In each of the three ways a partner can earn, one order is traded to its end and stated. The operator's view names each
figure; what a role's own view of the same line shows is what it may know. All the rest must stand in no page, file,
answer, mail, notice, event or log that role can get.
"""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from tests.journeys.market import Company, Market
from tests.redteam.ground import TRADERS, text_of, walk
from trivium.api import access
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import complete_what_is_due, path_of
from trivium.api.tests.test_access import allowed
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, business_day, now, use_clock
from trivium.fulfilment import commands as fulfilment
from trivium.notices import commands as notices
from trivium.notices import jobs
from trivium.notices.rules import Kind
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.pricing import commands as pricing
from trivium.pricing import queries as contracts
from trivium.pricing.rules import NewPrice
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db
CNY = "CNY"
COST_CENTRE = 7310946  # the code of the one the order is booked on: its buyer's own affair
MODES = ("commission", "service_fee", "markup")


@dataclass
class Marked:
    """A market with one order of one line, traded to its end, in one of the three ways."""

    mode: str
    clock: SettableClock = field(default_factory=lambda: SettableClock(now()))
    logged: list[str] = field(default_factory=list)
    letters: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        with use_clock(self.clock):
            self.market = market = Market()
            self.supplier = market.supplier("Chenguang", fee="3.17", share="8.63", freight=0, payable="at_completion",
                                            markup_band={"min_percent": "0", "max_percent": "90"})  # fmt: skip
            self.partner = market.partner("Lianca", self.mode, "7.39")
            self.buyer = market.buyer("Yuelai", self.partner)
            self.sku = market.sku(self.supplier, "M", [(1, "9473.81")])
            if self.mode == "markup":
                price = NewPrice(self.sku, 1, Decimal("11847.26"))
                pricing.publish_price_list(self.partner.actor, name="Own", currency=CNY, prices=[price],
                                           supplier_ref=self.supplier.ref)  # fmt: skip
            for company in self.companies.values():
                notices.choose_mail(company.actor, dict.fromkeys(Kind, True))
            self._trade()

    @property
    def companies(self) -> dict[str, Company]:
        """Who is at work in which role."""
        return {"operator": self.market.operator, "supplier": self.supplier, "partner": self.partner,
                "buyer": self.buyer}  # fmt: skip

    def _trade(self) -> None:
        self._mail()  # from here on it is told
        parties.keep_cost_centre(self.buyer.actor, code=str(COST_CENTRE), name="Fitting out")
        operator = self.market.operator.actor
        placed = self.market.order(self.buyer, [(self.sku, 7)], cost_centre=str(COST_CENTRE))
        self.order, (self.part,) = placed.ref, placed.supplier_order_refs
        ordering.confirm_supply(self.supplier.actor, self.part, ship_date=business_day(now()))
        ordering.confirm_margin(self.partner.actor, self.part)
        drain()
        self._mail()
        settlement.record_bank_transfer(operator, self.order, amount=placed.total, reference="BOC-1")
        drain()
        shipment = fulfilment.dispatch(self.supplier.actor, self.part, carrier="SF", tracking_numbers=["SF1"]).ref
        fulfilment.confirm_delivery(self.buyer.actor, shipment)
        self.shipment = shipment
        self._mail()
        self.clock.move(days=8)
        complete_what_is_due()
        self.clock.move(hours=1)
        settlement.issue_statements(operator, until=self.clock.at)
        drain()
        self._mail()

    def _mail(self) -> None:
        """Send what is to be sent, and keep it."""
        mail.outbox.clear()
        jobs.mail()
        self.letters += mail.outbox

    def line(self, actor: Any) -> dict[str, Any]:
        """The one line as somebody sees it."""
        found: dict[str, Any] = orders.get_order(actor, self.order)["supplier_orders"][0]["lines"][0]
        return found

    def contract_of(self, role: str) -> str:
        """The contract somebody is a side of; of the buyer, its partner's."""
        found = contracts.share_contracts(self.companies[role if role != "buyer" else "partner"].actor)
        return str(found[0].ref)

    def figures(self) -> dict[str, int]:
        """Every figure of the line there is: what the operator reads."""
        return {name: minor for name, minor in self.line(self.market.operator.actor)["figures"].items() if minor}

    def hidden(self, role: str) -> dict[str, int]:
        """The figures a role may not read: table 3 of domain.md, not what the code happens to show."""
        found = self.figures()
        may = MAY[self.mode][role]
        known = {found[name] for name in may if name in found}
        hidden = {name: minor for name, minor in found.items() if name not in may and minor not in known}
        return hidden if role == "buyer" else {**hidden, "cost_centre": COST_CENTRE}


# domain.md section 3, in the names of the line's figures. What is not here is hidden.
_BUYERS = {"gross", "discount", "paid", "tax", "service_fee"}
_OPERATOR = {"*"}
MAY: dict[str, dict[str, set[str]]] = {
    "commission": {
        "buyer": _BUYERS,
        "partner": _BUYERS | {"commission", "partner_part"},
        "supplier": {"gross", "discount", "paid", "tax", "base", "deduction", "supplier_net", "supplier_part"},
    },
    "service_fee": {
        "buyer": _BUYERS,
        "partner": _BUYERS | {"commission", "partner_part"},
        "supplier": {"gross", "discount", "paid", "tax", "base", "deduction", "supplier_net", "supplier_part"},
    },
    "markup": {
        "buyer": _BUYERS,
        "partner": _BUYERS | {"commission", "supply", "partner_part"},
        "supplier": {"supply", "base", "deduction", "supplier_net", "supplier_part"},
    },
}


def spelled(minor: int) -> list[str]:
    """The ways an amount is written: minor units, plain, with thousands."""
    major = f"{Decimal(minor) / 100:.2f}"
    return [str(minor), major, f"{Decimal(minor) / 100:,.2f}"]


def leaked(text: str, hidden: dict[str, int]) -> list[str]:
    """Which hidden figures stand in a text, as numbers of their own."""
    return [
        name for name, minor in hidden.items()
        if any(re.search(rf"(?<![\d.,]){re.escape(said)}(?![\d])", text) for said in spelled(minor))
    ]  # fmt: skip


class Kept(logging.Handler):
    """Everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_text or ''}")


@pytest.fixture(scope="module", params=MODES)
def marked(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Marked]:
    kept, root = Kept(), logging.getLogger()
    root.addHandler(kept)
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            found = Marked(request.param)
            found.logged = kept.lines
            yield found
            transaction.set_rollback(True)
    finally:
        root.removeHandler(kept)


@pytest.fixture
def at_its_time(marked: Marked) -> Iterator[Marked]:
    with use_clock(marked.clock), transaction.atomic():
        yield marked
        transaction.set_rollback(True)


def test_the_figures_cannot_be_mistaken(marked: Marked) -> None:
    """Five digits at least, each but once, and for every role something to look for."""
    figures = {name: minor for name, minor in marked.figures().items() if name != "tax"}
    assert all(minor > 10_000 for minor in figures.values()), figures
    for role in TRADERS:
        assert marked.hidden(role), role
    assert {"fee", "supplier_net"} & set(marked.hidden("buyer"))


@pytest.mark.parametrize("role", TRADERS)
def test_ones_own_view_of_the_line_is_the_table(marked: Marked, role: str) -> None:
    shown = {name for name, minor in marked.line(marked.companies[role].actor)["figures"].items() if minor}
    assert shown <= MAY[marked.mode][role], (role, shown - MAY[marked.mode][role])


@pytest.mark.parametrize("deep", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", TRADERS)
def test_no_page_and_no_file_shows_a_hidden_figure(at_its_time: Marked, role: str, deep: bool) -> None:
    hands, hidden, seen = Hands(at_its_time.companies[role].actor), at_its_time.hidden(role), 0
    own = f"/{role}/orders/{at_its_time.order}/"
    assert leaked(text_of(hands.client.get(own)), hidden) == []
    for path, text in walk(hands, most=400 if deep else 45, deep=deep):
        assert leaked(text, hidden) == [], path
        seen += 1
    assert seen > 12
    for name in ("orders", "statements", "payouts", "refunds", "shipments", "tickets", "work"):
        for form in ("csv", "xlsx"):
            answer = hands.client.get(f"/{role}/{name}/", {"format": form})
            assert leaked(text_of(answer), hidden) == [], (name, form)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", TRADERS)
def test_no_document_shows_a_hidden_figure(at_its_time: Marked, role: str, language: str) -> None:
    """Every PDF of the portal; what the reader may know does stand on the order's, so the search does find figures."""
    actor, hidden = at_its_time.companies[role].actor, at_its_time.hidden(role)
    hands = Hands(actor, language)
    paths = [f"orders/{at_its_time.order}/document.pdf", f"shipments/{at_its_time.shipment}/packing-list.pdf"]
    if role != "buyer":
        paths += [f"statements/{each['ref']}/document.pdf" for each in books.statements_of(actor)]
        paths += [f"contracts/{each.ref}/document.pdf" for each in contracts.share_contracts(actor)]
        assert len(paths) == 4
    texts = []
    for path in paths:
        answer = hands.client.get(f"/{role}/{path}")
        assert answer.headers["Content-Type"] == "application/pdf", path
        texts.append(text_of(answer))
        assert leaked(texts[-1], hidden) == [], path
    own = {name: minor for name, minor in at_its_time.line(actor)["figures"].items() if minor}
    assert set(leaked(texts[0], own)) >= set(own) - {"gross"}, "the order does not say what its reader may know"
    every = {name: minor for name, minor in at_its_time.figures().items() if name != "tax"}
    assert leaked(texts[1], every) == [] and not re.search(r"[¥$€£]|CNY|\d\.\d\d(?!\d)", texts[1]), texts[1]


@pytest.mark.parametrize("role", TRADERS)
def test_no_route_answers_with_a_hidden_figure(at_its_time: Marked, role: str) -> None:
    actor, hidden, good = at_its_time.companies[role].actor, at_its_time.hidden(role), 0
    caller = Caller.of(actor)
    line = at_its_time.line(actor)["ref"]
    stated = books.statements_of(actor) if role != "buyer" else []
    refs = {"order": at_its_time.order, "part": at_its_time.part, "line": line, "shipment": at_its_time.shipment,
            "sku": at_its_time.sku, "contract": at_its_time.contract_of(role),
            "statement": stated[0]["ref"] if stated else "stm_0"}  # fmt: skip
    for method, path in sorted(access.TABLE):
        if method != "GET" or not allowed(role, method, path):
            continue
        try:
            address = path_of(path, refs) if "{" in path else path
        except KeyError:
            continue  # of something this market has not got
        said = caller.get(address)
        good += said.status == 200
        assert leaked(said.body.decode(), hidden) == [], (role, path)
    assert good > 10


@pytest.mark.parametrize("role", TRADERS)
def test_no_refusal_gives_a_figure_away(at_its_time: Marked, role: str) -> None:
    """Acts that fail after all was looked at: confirm again, ship too much, pay another amount, refund too much."""
    caller, hidden = Caller.of(at_its_time.companies[role].actor), at_its_time.hidden(role)
    line = at_its_time.line(at_its_time.companies[role].actor)["ref"]
    tries = (
        (f"/supplier-orders/{at_its_time.part}/confirm-supply", {"ship_date": business_day(now()).isoformat()}),
        (f"/supplier-orders/{at_its_time.part}/confirm-margin", {}),
        (f"/supplier-orders/{at_its_time.part}/object", {"reason": "too little"}),
        (f"/supplier-orders/{at_its_time.part}/ship", {"carrier": "SF"}),
        (f"/supplier-orders/{at_its_time.part}/refunds", {"lines": [{"line_ref": line, "amount": "999999.00"}],
                                                          "reason": "broken"}),
        (f"/supplier-orders/{at_its_time.part}/refunds", {"lines": [], "freight": "999999.00", "reason": "broken"}),
        (f"/orders/{at_its_time.order}/pay", {"gateway": "sandbox"}),
        (f"/orders/{at_its_time.order}/cancel", {"reason": "no"}),
        (f"/orders/{at_its_time.order}/bank-transfer", {"amount": "1.00", "reference": "B"}),
    )  # fmt: skip
    for path, body in tries:
        said = caller.post(path, body)
        assert said.status in (200, 201, 403, 404, 409, 422), (path, said.data)
        assert leaked(said.body.decode(), hidden) == [], (role, path, said.data)


def test_no_mail_notice_or_event_tells_a_figure(at_its_time: Marked) -> None:
    assert len(at_its_time.letters) > 8
    every = {name: minor for name, minor in at_its_time.figures().items() if name != "tax"}
    for letter in at_its_time.letters:
        assert leaked(f"{letter.subject}\n{letter.body}", every) == []
    for event in EventRecord.objects.all():
        told = json.dumps([event.subject, event.data, event.actor])
        assert leaked(told, every) == [], event.name
    for role in TRADERS:
        text = text_of(Hands(at_its_time.companies[role].actor).client.get(f"/{role}/notices/"))
        assert leaked(text, every) == [], role


def test_no_log_holds_a_figure(marked: Marked) -> None:
    every = {name: minor for name, minor in marked.figures().items() if name != "tax"}
    assert [line for line in marked.logged if leaked(line, every) and not line.startswith("(")] == []
