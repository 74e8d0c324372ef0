"""A link to what is not there says what became of it where the reader may know, and always offers a way on."""

import datetime as dt

import pytest

from tests.journeys.market import SYSTEM
from trivium.catalog import commands as catalog
from trivium.core.time import now
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.service import commands as service
from trivium.shelf import queries as shelf
from trivium.web.shared.workspace import KEPT

pytestmark = pytest.mark.django_db


@pytest.fixture
def delisted(trade):
    """The lamp, ordered once and taken off sale since; its page's path."""
    trade.order((trade.lamp, 10))
    goods = next(offer.product_ref for offer in shelf.offers(trade.buyer.actor) if offer.code == "DL-201")
    catalog.delist_sku(trade.s1.actor, trade.lamp)
    return f"products/{goods}/"


@pytest.mark.parametrize(("language", "said"), [("en", "is no longer on the shelf"), ("zh-hans", "已不在货架上")])
def test_delisted_goods_tell_those_who_ordered_them(trade, delisted, language, said):
    text = trade.at(trade.buyer.actor, language).open(delisted, 404)
    number = orders.orders_of(trade.buyer.actor)[0]["number"]
    main = text.partition("<main")[2]
    assert said in main and number in main and "Chenguang Lighting" in main and "/buyer/shelf/" in main


def test_delisted_goods_tell_nobody_else(trade, delisted):
    blank = "products/prd_00000000000000000000/"
    stranger = trade.at(trade.stranger.actor).open(delisted, 404).replace(delisted.split("/")[-2], blank.split("/")[-2])
    never = trade.at(trade.stranger.actor).open(blank, 404)
    main = stranger.partition("<main")[2].partition("</main>")[0]
    assert "Chenguang" not in main and main == never.partition("<main")[2].partition("</main>")[0]


def test_a_link_into_another_of_ones_workspaces_offers_to_switch_and_opens_there(trade):
    ref = trade.order((trade.lamp, 10))
    person = queries.person(trade.s1.actor.user_id)
    parties.grant_role(SYSTEM, email=person.email, organization_ref=trade.buyer.ref, role="buyer", job="staff")
    hands = trade.at(trade.s1.actor)
    text = hands.open(f"/buyer/orders/{ref}/", 404)
    assert "Not in this workspace" in text and "Yuelai Hotel" in text
    values = {"workspace": f"{trade.buyer.ref}:buyer", "next": f"/buyer/orders/{ref}/"}
    answer = hands.client.post("/workspace/", values)
    assert answer["Location"] == f"/buyer/orders/{ref}/"
    assert hands.client.get(answer["Location"]).status_code == 200


def test_a_link_into_a_portal_that_is_not_ones_own_says_nothing(trade):
    ref = trade.order((trade.lamp, 10))
    text = trade.at(trade.stranger.actor).open(f"/supplier/orders/{ref}/", 404)
    assert "There is nothing here" in text and "Open as" not in text and "/buyer/orders/" in text


def test_who_was_taken_out_of_a_company_is_told(trade):
    hands = trade.at(trade.buyer.actor)
    session = hands.client.session
    session[KEPT] = [trade.s1.ref, "supplier"]
    session.save()
    assert "You no longer work in that company" in hands.open("/supplier/orders/", 404)


def test_who_works_nowhere_any_more_is_told_so_where_an_old_link_leads(trade):
    hands = trade.at(trade.buyer.colleague)
    parties.remove_person(trade.buyer.actor, trade.buyer.colleague.user_ref)
    assert hands.client.get("/buyer/orders/").url == "/welcome/"
    text = hands.open("/welcome/")
    assert "You no longer work in Yuelai Hotel" in text and "in no company yet" not in text and "/apply/" in text


def test_somebody_without_a_company_is_told_so(client, trade):
    person = parties.register_person(SYSTEM, email="new@example.test", name="New", password="correct horse 9")
    client.force_login(person)
    assert client.get("/").url == client.get("/buyer/orders/").url == "/welcome/"
    page = client.get("/welcome/").content
    assert b"work in no company" in page and b"new@example.test" in page and b"Sign out" in page
    assert b"/live/" not in page
    assert client.get("/nothing/").status_code == 404


def test_a_deleted_view_is_said_and_the_list_stands(trade):
    trade.order((trade.lamp, 10))
    text = trade.at(trade.buyer.actor).open("orders/?status=submitted&view=viw_00000000000000000000")
    assert "has been deleted" in text and "O-" in text.partition("<tbody>")[2]


# -- what was ended or taken back says so, to those it was for ---------------------------------------------------------


def main_of(text, *refs):
    main = text.partition("<main")[2].partition("</main>")[0]
    for ref in refs:
        main = main.replace(ref, "…")
    return main


@pytest.mark.parametrize(
    ("language", "said"), [("en", "has taken this announcement back"), ("zh-hans", "该公告已由平台撤回")]
)
def test_an_announcement_and_a_poll_taken_back_say_so_to_those_they_were_for(trade, language, said):
    operator = trade.market.operator.actor
    words = {"en": "A secret title", "zh-hans": "标题"}
    told = service.announce(operator, title=words, text=words, kind="news", roles=["buyer"])
    asked = service.ask_poll(operator, question=words, options={"en": ["Yes", "No"], "zh-hans": ["是", "否"]},
                             voters="company", results_shown="closed", roles=["buyer"],
                             closes_at=now() + dt.timedelta(days=7))  # fmt: skip
    service.withdraw_announcement(operator, told)
    service.withdraw_poll(operator, asked)
    hands = trade.at(trade.buyer.actor, language)
    text = main_of(hands.open(f"announcements/{told}/", 404))
    assert said in text and "/buyer/announcements/" in text and "secret" not in text
    assert "/buyer/polls/" in main_of(hands.open(f"polls/{asked}/", 404))
    other = trade.at(trade.s1.actor, language)
    for place, ref in (("announcements", told), ("polls", asked)):
        blank = ref[:4] + "0" * 20
        texts = [main_of(other.open(f"{place}/{each}/", 404), each) for each in (ref, blank)]
        assert texts[0] == texts[1]


def test_who_left_and_what_was_closed_inside_say_so_to_those_who_arrange_the_company(trade):
    admin = trade.buyer.actor
    gone = trade.buyer.colleague
    name = queries.person(gone.user_id).name
    department = parties.keep_department(admin, name="Kitchen")
    parties.end_department(admin, department)
    parties.remove_person(admin, gone.user_ref, to_ref=admin.user_ref)
    hands = trade.at(admin)
    assert f"{name} no longer works here" in hands.open(f"people/{gone.user_ref}/", 404)
    assert "The department Kitchen was closed" in hands.open(f"inside/{department}/", 404)
    stranger = trade.at(trade.stranger.actor)
    for place, ref in (("people", gone.user_ref), ("inside", department)):
        texts = [main_of(stranger.open(f"{place}/{each}/", 404), each) for each in (ref, ref[:4] + "0" * 20)]
        assert texts[0] == texts[1] and name not in texts[0]
