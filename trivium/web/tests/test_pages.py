"""Every page opens in both languages, reads only, and stands on its own feet."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from trivium.catalog import commands as catalog
from trivium.catalog.rules import NewSku
from trivium.core.jobs import drain
from trivium.core.lists import Wanted
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.pricing import commands as prices
from trivium.pricing import queries as pricing
from trivium.pricing.rules import NewPrice
from trivium.settlement import commands as settlement
from trivium.settlement import queries as money
from trivium.shelf import queries as shelf
from trivium.web.shared import filters
from trivium.web.tests.hands import Reader

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 3)
GIVEN = ("prices/", "prices/agreed/", "promotions/", "coupons/")


@pytest.fixture
def traded(trade, clock):
    """Orders in every state that shows something, and a statement."""
    trade.lend()
    done = trade.order((trade.lamp, 10), payment_method="on_account")
    for part in orders.get_order(trade.buyer.actor, done)["supplier_orders"]:
        ordering.confirm_supply(trade.s1.actor, part["ref"], ship_date=DAY)
        ordering.confirm_margin(trade.partner.actor, part["ref"])
    drain()
    trade.done = done
    trade.open_one = trade.order((trade.lamp, 4), (trade.rail, 3))
    trade.grade = parties.define_grade(
        trade.market.operator.actor, name={"en": "Silver"}, rank=1, rights=["price.view"]
    )
    trade.approve_over(1)
    trade.order((trade.rail, 5))
    buyer = trade.at(trade.buyer.actor)
    buyer.client.post("/buyer/cart/add/", {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.lamp, "quantity": "10"})
    return trade


def pages_of(trade, role):
    shared = ["people/", "invitations/", "inside/", "people/history/"]
    shared += ["", "company/", "orders/", "orders/?status=released", f"orders/{trade.done}/", "notices/"]
    line = orders.get_order(trade.buyer.actor, trade.done)["supplier_orders"][0]["lines"][0]["ref"]
    product = orders.get_order(trade.buyer.actor, trade.done)["supplier_orders"][0]["lines"][0]["sku_ref"]
    assert product == trade.lamp
    shared.append(f"lines/{line}/")
    contract = pricing.share_contracts(trade.s1.actor)[0].ref
    goods = next(offer.product_ref for offer in shelf.offers(trade.s1.actor))
    prices_list = pricing.price_lists(trade.s1.actor)[0].ref
    own = {
        "operator": [*GIVEN, f"orders/{trade.open_one}/", "statements/", "payouts/", "accounts/", "organizations/",
                     "organizations/?role=buyer", f"companies/{trade.buyer.ref}/", f"companies/{trade.s1.ref}/",
                     f"history/{trade.buyer.ref}/", "changes/",
                     "contracts/", f"contracts/{contract}/", "search/?q=Y",
                     "grades/", "grades/?size=small&volume=10&currency=CNY", f"grades/{trade.grade}/"],
        "supplier": [*GIVEN, f"prices/lists/{prices_list}/", f"orders/{trade.open_one}/", "statements/", "payouts/",
                     "products/", "products/?q=DL",
                     "products/?state=low", f"products/{goods}/", f"history/{goods}/", "contracts/", "search/?q=DL"],
        "partner": [*GIVEN, f"orders/{trade.open_one}/", "statements/", "payouts/", "contracts/", "search/?q=O-",
                    "goods/", "goods/?state=stocked&q=DL", f"products/{goods}/", "search/?q=DL"],
        "buyer": [f"orders/{trade.open_one}/", "shelf/", "shelf/?q=DL", "shelf/?q=nothing",
                  f"products/{goods}/", "cart/", "checkout/", "rules/"],
    }  # fmt: skip
    return [*shared, *own[role]]


def open_reading_only(hands, path):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        text = hands.open(path)
        transaction.set_rollback(True)
    return text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_reads_only_and_is_well_made(traded, people, language):
    for hands in people(language):
        for path in pages_of(traded, hands.actor.role):
            text = open_reading_only(hands, path)
            read = Reader(text)
            assert f'lang="{language}"' in text, path
            assert read.styles == 0, f"{path} has inline script or style"
            assert read.inputs - {""} <= read.labels, f"{path}: without a label {read.inputs - read.labels}"
            assert "{{" not in text and "{%" not in text and "None" not in text, path
            assert text.count("<h1") == 1, path


def test_pages_are_served_under_a_strict_policy(traded):
    hands = traded.at(traded.buyer.actor)
    hands.open("")
    policy = hands.page["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy


def test_a_supplier_reads_nothing_of_what_others_earn(traded):
    text = traded.at(traded.s1.actor).open(f"orders/{traded.done}/")
    order = orders.get_order(traded.market.operator.actor, traded.done)
    figures = order["supplier_orders"][0]["lines"][0]["figures"]
    assert "Service deduction" in text and "Platform fee" not in text
    assert f"{figures['commission'] / 100:.2f}" not in text


def test_a_buyer_reads_no_margin(traded):
    text = traded.at(traded.buyer.actor).open(f"orders/{traded.done}/")
    for word in ("commission", "Commission", "Platform fee", "Supplier gets", "deduction"):
        assert word not in text


def test_the_worklist_of_each_role_names_its_acts(traded):
    said = {
        "supplier": (traded.s1, "Confirm supply", "Ship"),
        "partner": (traded.partner, "Confirm margin", "Chenguang Lighting"),
        "buyer": (traded.buyer, "What waits for you", "Owed on account"),
    }
    for company, *words in said.values():
        text = traded.at(company.actor).open("")
        assert all(word in text for word in words), (company.actor.role, words)


def test_the_partner_confirms_a_margin_it_can_read_on_the_row(traded):
    waiting = orders.waiting_list(traded.partner.actor, Wanted()).rows
    text = traded.at(traded.partner.actor).open("").partition('class="tasks"')[2]
    assert waiting and all(f"{filters.money(row.figure, row.currency)}</span>" in text for row in waiting)


def test_the_shelf_opens_the_branch_of_the_tree_that_is_chosen(trade):
    operator, supplier = trade.market.operator.actor, trade.s1.actor
    tools = trade.market.category_ref
    lamps = catalog.create_category(operator, code="lamps", name={"en": "Lamps"}, parent_ref=tools)
    product = catalog.create_product(
        supplier, name={"en": "Desk lamp"}, category_ref=lamps, skus=[NewSku(code="LAMP-1")]
    )
    prices.publish_price_list(
        supplier, name="Lamps", currency="CNY", prices=[NewPrice(product.sku_refs["LAMP-1"], 1, "9.00")]
    )
    buyer = trade.at(trade.buyer.actor)
    link = f"?category={lamps}"
    assert link not in buyer.open("shelf/") and f"?category={tools}" in buyer.text
    assert link in buyer.open(f"shelf/?category={tools}") and "Desk lamp" in buyer.text
    assert "Desk lamp" in buyer.open(f"shelf/?category={lamps}") and f"?category={tools}" in buyer.text


def test_a_home_without_trade_says_so_instead_of_drawing_nothing(trade):
    text = trade.at(trade.buyer.actor).open("")
    assert "No orders in the last twelve weeks" in text and "trade-table" not in text


def test_a_colleague_who_may_approve_sees_the_order_and_its_total(traded):
    text = traded.at(traded.buyer.colleague).open("")
    assert "Approve" in text and "¥174.65" in text
    assert "Approve" not in traded.at(traded.buyer.actor).open("")


def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(traded):
    paths = {"supplier": ("", "orders/"), "partner": ("", "orders/"), "buyer": ("", "orders/", "shelf/")}
    companies = (traded.s1, traded.partner, traded.buyer)
    asked = {}
    for round_ in range(2):
        for company in companies:
            hands = traded.at(company.actor)
            for path in paths[company.actor.role]:
                with CaptureQueriesContext(connection) as queries:
                    hands.open(path)
                asked.setdefault((company.actor.role, path), []).append(len(queries))
        for _order in range(3 * (1 - round_)):
            traded.order((traded.lamp, 2), (traded.rail, 2))
    assert {page: few for page, (few, many) in asked.items() if few != many} == {}
    assert max(few for few, _many in asked.values()) <= 27, asked


def test_empty_states_say_what_will_stand_there_and_offer_the_first_step(trade):
    stranger = trade.at(trade.stranger.actor)
    assert "To the shelf" in stranger.open("")
    assert "your first order will stand here" in stranger.open("orders/")
    assert "The cart is empty" in stranger.open("cart/")


def test_a_statement_shows_its_orders(traded, clock):
    settlement_lines(traded, clock)
    statement = money.statements_of(traded.s1.actor)[0]
    text = traded.at(traded.s1.actor).open(f"statements/{statement['ref']}/")
    assert "Confirm statement" in text
    assert orders.get_order(traded.buyer.actor, traded.done)["number"] in text


def settlement_lines(trade, clock):
    """Bring the first order to its end and state it."""
    from trivium.fulfilment import commands as fulfilment

    part = orders.get_order(trade.buyer.actor, trade.done)["supplier_orders"][0]["ref"]
    shipment = fulfilment.dispatch(trade.s1.actor, part, carrier="SF")
    fulfilment.confirm_delivery(trade.buyer.actor, shipment.ref)
    clock.move(days=8)
    ordering.complete(trade.s1.actor, part)
    drain()
    clock.move(hours=1)
    settlement.issue_statements(trade.market.operator.actor, until=clock.at)
