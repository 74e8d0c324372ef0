"""Lists: filtered, sorted and paged by their address, with the columns a person wants, as a page and as a file."""

import csv
import io
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.market import SYSTEM
from trivium.core.lists import COUNTED, Wanted
from trivium.ordering import queries as ordering
from trivium.parties import commands as parties
from trivium.parties import queries as parties_queries
from trivium.web.shared import lists

pytestmark = pytest.mark.django_db

GIVEN = ("prices", "prices/agreed", "promotions", "coupons")


@pytest.fixture
def orders(trade, clock):
    """Five orders of different size, the first two paid another way; their numbers, oldest first."""
    trade.lend()
    refs = []
    for i, quantity in enumerate((4, 20, 8, 12, 2)):
        clock.move(hours=1)
        refs.append(trade.order((trade.lamp, quantity), payment_method="on_account" if i < 2 else "bank_transfer"))
    return [ordering.get_order(trade.buyer.actor, ref)["number"] for ref in refs]


def shown(text, numbers):
    """The order numbers of a page, in its order."""
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return sorted((n for n in numbers if n in table), key=table.index)


def test_the_address_filters_and_each_filter_can_be_taken_away(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    assert shown(buyer.open("orders/"), orders) == orders[::-1]
    text = buyer.open("orders/?payment=on_account&status=submitted")
    assert shown(text, orders) == orders[1::-1]
    assert 'href="?status=submitted" title="Remove this filter"' in text
    assert 'href="?payment=on_account" title="Remove this filter"' in text


def test_a_dash_is_marked_for_phones_to_leave_out():
    assert lists.Cell().is_blank and lists.Cell("").is_blank
    assert not any(each.is_blank for each in (lists.Cell(0), lists.Cell("O-1"), lists.Cell(chips=[("done", "")])))


def test_what_no_filter_knows_changes_nothing(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    for query in ("status=nonsense", "sort=password", "page=-3", "page=x", "q=%00", "payment=", "format=pdf"):
        assert shown(buyer.open(f"orders/?{query}"), orders) == orders[::-1], query


def test_a_head_sorts_and_turns_round(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    by_total = [orders[i] for i in (1, 3, 2, 0, 4)]
    text = buyer.open("orders/?sort=-total")
    assert shown(text, orders) == by_total
    assert 'aria-sort="descending"' in text and 'href="?sort=total"' in text
    assert shown(buyer.open("orders/?sort=total"), orders) == by_total[::-1]


def test_a_supplier_cannot_sort_by_what_it_may_not_see(trade, orders):
    supplier = trade.at(trade.s1.actor)
    assert shown(supplier.open("orders/?sort=-total"), orders) == orders[::-1]
    rows = ordering.order_list(trade.s1.actor, Wanted(sort="total")).rows
    assert [row["number"] for row in rows] == orders[::-1] and "total" not in rows[0]


def test_pages_hold_every_row_once_and_say_how_many(trade, orders, monkeypatch):
    monkeypatch.setattr(lists, "ROWS", 2)
    buyer, seen, path = trade.at(trade.buyer.actor), [], "orders/"
    for place in ("1–2 of 5", "3–4 of 5", "5–5 of 5"):
        text = buyer.open(path)
        assert place in text
        seen += shown(text, orders)
        path = "orders/" + text.partition('rel="next" href="')[2].partition('"')[0]
    assert seen == orders[::-1] and path == "orders/"


def test_counting_stops_where_nobody_reads_on(trade, orders, monkeypatch):
    monkeypatch.setattr("trivium.core.lists.COUNTED", 3)
    found = ordering.order_list(trade.buyer.actor, Wanted(limit=2))
    assert (found.count, found.is_more, len(found.rows)) == (3, True, 2)
    assert COUNTED == 1000


def test_columns_are_remembered_and_come_back(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    assert "On account" in buyer.open("orders/").partition("<tbody>")[2]
    values = {"list": "orders", "column": ["placed", "total"], "on": "/buyer/orders/?sort=total", "key": "a"}
    answer = buyer.client.post("/buyer/columns/", values)
    assert answer["Location"] == "/buyer/orders/?sort=total"
    table = buyer.open("orders/").partition("<tbody>")[2]
    assert "On account" not in table and orders[0] in table
    buyer.client.post("/buyer/columns/", {"list": "orders", "all": "1", "on": "/buyer/orders/", "key": "b"})
    assert "On account" in buyer.open("orders/").partition("<tbody>")[2]


def read_csv(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_file_holds_exactly_the_rows_and_columns_that_are_shown(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    values = {"list": "orders", "column": ["payment", "total"], "on": "/buyer/orders/", "key": "k"}
    buyer.client.post("/buyer/columns/", values)
    heads, *rows = read_csv(buyer.client.get("/buyer/orders/?payment=on_account&sort=-total&format=csv"))
    assert heads == ["Order", "State", "Payment", "Total", "Currency"]
    assert rows == [
        [orders[1], "Submitted Chenguang Lighting", "On account", "1920.00", "CNY"],
        [orders[0], "Submitted Chenguang Lighting", "On account", "420.00", "CNY"],
    ]  # fmt: skip


def test_a_file_ends_no_sooner_than_the_list(trade, orders, monkeypatch):
    monkeypatch.setattr(lists, "ROWS", 2)
    buyer = trade.at(trade.buyer.actor)
    assert len(read_csv(buyer.client.get("/buyer/orders/?format=csv&page=2"))) == 1 + len(orders)


def test_a_name_like_a_formula_stays_a_name_in_both_files(trade):
    name = '=HYPERLINK("http://elsewhere.example")'
    parties.admit_organization(SYSTEM, name=name, roles=("buyer",))
    operator = trade.at(trade.market.operator.actor)
    rows = read_csv(operator.client.get("/operator/organizations/?format=csv"))
    assert rows[1][0] == f"'{name}"
    book = operator.client.get("/operator/organizations/?format=xlsx")
    assert book["Content-Disposition"].endswith('.xlsx"')
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        strings = parts.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet and "HYPERLINK" in strings


@pytest.mark.parametrize("role", ["operator", "supplier", "partner", "buyer"])
def test_every_list_of_every_portal_gives_both_files(trade, orders, people, role):
    places = {
        "operator": ("orders", "statements", "payouts", "organizations", "contracts", "accounts", "accounts/gateways",
                     "accounts/transfers", "keys", "imports", f"companies/{trade.s1.ref}", *GIVEN),
        "supplier": ("orders", "statements", "payouts", "products", "work", "contracts", "keys", "imports", *GIVEN),
        "partner": ("orders", "statements", "payouts", "work", "contracts", "keys", "goods", *GIVEN),
        "buyer": ("orders", "shelf", "keys"),
    }  # fmt: skip
    hands = next(each for each in people("zh-hans") if each.actor.role == role)
    for place in places[role]:
        for kind in ("csv", "xlsx"):
            answer = hands.client.get(f"/{role}/{place}/?format={kind}")
            assert answer.status_code == 200 and answer["Content-Disposition"].endswith(f'.{kind}"'), place


def test_the_shelf_counts_what_each_choice_would_leave(trade):
    buyer = trade.at(trade.buyer.actor)
    text = buyer.open("shelf/")
    assert "<span>Chenguang Lighting</span><small>1</small>" in text
    assert "<span>Tools</span><small>2</small>" in text
    text = buyer.open(f"shelf/?supplier={trade.s2.ref}")
    assert "TR-60" in text and "DL-201" not in text.partition("goods-cards")[2]
    assert "<span>Chenguang Lighting</span><small>1</small>" in text  # where else there is something


def test_search_finds_by_number_name_pinyin_and_initials_what_is_ones_own(trade, orders):
    parties.admit_organization(SYSTEM, name="宁波晨光灯具", roles=("supplier",))
    operator = trade.at(trade.market.operator.actor)
    assert orders[0] in operator.open(f"search/?q={orders[0]}")
    parties.admit_organization(SYSTEM, name="南边陈广", roles=("supplier",))
    for spelled in ("nbcg", "NBCG", "ningbochenguang", "chenguangdeng"):
        assert "宁波晨光灯具" in operator.open(f"search/?q={spelled}"), spelled
    assert "南边陈广" in operator.open("search/?q=nbcg")  # both are called so
    assert "Yuelai Hotel" in trade.at(trade.partner.actor).open("search/?q=yuelai").partition("</h1>")[2]
    assert orders[0] in operator.open("search/?q=Yuelai")
    assert "产品 DL-201" in trade.at(trade.buyer.actor, "zh-hans").open("search/?q=cp")
    stranger = trade.at(trade.stranger.actor)
    found = stranger.open(f"search/?q={orders[0]}").partition("</h1>")[2].partition("</main>")[0]
    assert orders[0] not in found
    assert "Nothing fits." in stranger.open("search/?q=%00%25_")


ODD = ["", " ", "x", "😀", "'; DROP TABLE ordering_order; --", "%", "a" * 10_000, "O-", "<oddest>"]


@pytest.mark.parametrize("odd", ODD)
def test_whatever_is_searched_for_is_answered_in_few_statements(trade, orders, odd):
    for company in (trade.market.operator, trade.s1, trade.partner, trade.buyer):
        hands = trade.at(company.actor)
        with CaptureQueriesContext(connection) as seen:
            assert "<oddest>" not in hands.open("search/?" + urlencode({"q": odd}))
        assert len(seen.captured_queries) < 25
    assert orders[0] in trade.at(trade.buyer.actor).open(f"search/?q={orders[0]}")


def test_the_look_is_kept_and_nonsense_is_not(trade):
    buyer = trade.at(trade.buyer.actor)
    assert 'data-bs-theme="auto"' in buyer.open("")
    answer = buyer.client.post("/look/", {"theme": "dark", "menu": "narrow", "next": "/buyer/orders/"})
    assert answer["Location"] == "/buyer/orders/"
    assert 'data-bs-theme="dark"' in buyer.open("") and "narrow-menu" in buyer.text
    buyer.client.post("/look/", {"theme": '"><script>', "next": "https://elsewhere.example/"})
    assert 'data-bs-theme="dark"' in buyer.open("")


def test_small_lists_are_searched_sorted_and_filtered_like_the_others(trade):
    operator = trade.at(trade.market.operator.actor)
    page = f"companies/{trade.buyer.ref}/"
    names = [row.email for row in parties_queries.people_of(trade.market.operator.actor, trade.buyer.ref)]
    assert len(names) == 2
    assert all(name in operator.open(page) for name in names)
    text = operator.open(f"{page}?q={names[0].upper()}")
    assert names[0] in text and names[1] not in text
    down, up = (operator.open(f"{page}?sort={way}email") for way in ("-", ""))
    assert (down.index(names[0]) < down.index(names[1])) != (up.index(names[0]) < up.index(names[1]))
    assert "Nothing fits." in operator.open(f"{page}?q=nobody-is-called-so")
    trade.lend()
    assert "Nobody owes anything." in operator.open("accounts/")
    assert "No gateway holds anything." in operator.open("accounts/gateways/")
