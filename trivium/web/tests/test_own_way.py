"""How a person likes their lists, home and brightness is kept with them, not with a browser."""

import pytest

from trivium.parties import queries as parties
from trivium.web.shared.lists import SIZES

pytestmark = pytest.mark.django_db

LIST = {"list": "orders", "on": "/buyer/orders/"}


@pytest.fixture
def orders(trade, clock):
    """Thirty orders, every third on account."""
    trade.lend()
    for i in range(30):
        clock.move(minutes=1)
        trade.order((trade.lamp, 2), payment_method="bank_transfer" if i % 3 else "on_account")


def rows(text):
    return text.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")


def test_columns_and_rows_follow_the_person_to_another_browser(trade, orders):
    first = trade.at(trade.buyer.actor)
    assert rows(first.open("orders/")) == SIZES[0]
    first.client.post("/buyer/columns/", {**LIST, "key": "k", "column": ["total"], "rows": "50"})
    text = trade.at(trade.buyer.actor).open("orders/")
    assert rows(text) == 30 and "On account" not in text.partition("<tbody>")[2]
    assert "On account" in trade.at(trade.buyer.colleague).open("orders/").partition("<tbody>")[2]
    first.client.post("/buyer/columns/", {**LIST, "key": "k2", "column": ["total"], "rows": "7000"})
    assert rows(first.open("orders/")) == SIZES[0]


def test_a_view_is_a_tab_above_the_list_with_its_filters_and_columns(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    buyer.client.post("/buyer/columns/", {**LIST, "key": "k", "column": ["placed", "total"], "rows": "25"})
    buyer.open("orders/?payment=on_account&sort=-total")
    text = buyer.send("save-view", name="Lent to us")
    assert "Lent to us</a>" in text and rows(text) == 10
    assert buyer.page.request["QUERY_STRING"].startswith("payment=on_account&sort=-total&view=viw_")
    buyer.client.post("/buyer/columns/", {**LIST, "key": "k3", "all": "1"})
    assert "Bank transfer" in buyer.open("orders/").partition("<tbody>")[2]
    href = buyer.text.partition('aria-label="Own views"')[2].partition('<a href="?pay')[2].partition('"')[0]
    text = trade.at(trade.buyer.actor).open("orders/?pay" + href.replace("&amp;", "&"))
    assert rows(text) == 10 and "On account" not in text.partition("<tbody>")[2]


def test_a_view_is_renamed_and_deleted_and_its_old_link_shows_the_list(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    buyer.open("orders/?payment=on_account")
    buyer.send("save-view", name="Lent")
    url = "orders/?" + buyer.page.request["QUERY_STRING"]
    assert "Something has to be written here." in buyer.send("rename-view", 422, name=" ")
    buyer.open(url)
    assert "Ours</a>" in buyer.send("rename-view", name="Ours")
    form = buyer.form("rename-view")
    buyer.client.post("/buyer/views/delete/", form.values)
    assert "Own views" not in buyer.open("orders/") and rows(buyer.open(url)) == 10


def test_a_view_is_ones_own(trade, orders):
    buyer = trade.at(trade.buyer.actor)
    buyer.open("orders/?payment=on_account")
    buyer.send("save-view", name="Lent")
    assert "Lent</a>" not in trade.at(trade.buyer.colleague).open("orders/")
    view = parties.views_in(parties.preferences_of(trade.buyer.actor), "orders")[0]
    form = {"list": "orders", "ref": view.ref, "on": "/buyer/orders/", "key": "x", "name": "Taken"}
    other = trade.at(trade.buyer.colleague)
    assert other.client.post("/buyer/views/rename/", form).status_code == 404
    assert "Lent</a>" in trade.at(trade.buyer.actor).open("orders/")


def test_the_home_is_arranged_without_scripts_and_what_waits_stays(trade):
    supplier = trade.at(trade.s1.actor)
    text = supplier.open("")
    assert text.index("What waits for you") < text.index("Your goods by week") and 'id="news"' in text
    for i, move in enumerate(("hide:news", "up:trade", "up:trade", "hide:tasks")):
        sent = {"on": "/supplier/", "key": f"k{i}", "move": move}
        assert supplier.client.post("/supplier/arrange/", sent).status_code == 303
    text = trade.at(trade.s1.actor).open("")
    assert text.index("Your goods by week") < text.index('id="worklist"') and 'id="news"' not in text
    supplier.client.post("/supplier/arrange/", {"on": "/supplier/", "key": "k9", "move": "reset:"})
    assert 'id="news"' in supplier.open("")
    refused = supplier.client.post("/supplier/arrange/", {"on": "/supplier/", "key": "k8", "move": "fly:news"})
    assert refused.status_code == 422


def test_the_look_follows_the_person(trade):
    buyer = trade.at(trade.buyer.actor)
    buyer.client.post("/look/", {"theme": "dark", "menu": "narrow", "next": "/buyer/"})
    text = trade.at(trade.buyer.actor).open("")
    assert 'data-bs-theme="dark"' in text and "narrow-menu" in text
    assert 'data-bs-theme="auto"' in trade.at(trade.buyer.colleague).open("")
