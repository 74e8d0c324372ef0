"""A company arranges its people at the doors: invited by mail, joining, changed, leaving with their cart."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.kept import market_of
from trivium.api.tests.caller import Caller
from trivium.core.ids import new_ref
from trivium.core.jobs import drain
from trivium.core.time import now
from trivium.notices import commands as notices
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.parties.commands import Place
from trivium.parties.models import OrganizationRole
from trivium.web.tests.hands import Reader
from trivium.web.tests.trade import Trade

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 9"


@pytest.fixture
def trade(db, clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return market_of(Trade)


def link_in(letter):
    return re.search(r"https?://[^/]+(/invitation/\S+)", letter.body)[1]


def accept(client, link, status=302, **values):
    form = next(form for key, form in Reader(client.get(link).content.decode()).forms.items() if key == "join")
    answer = client.post(link, {**form.values, **values})
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_somebody_new_is_invited_by_mail_joins_works_and_is_shut_out(trade, language):
    hands = trade.at(trade.buyer.actor, language)
    hands.open("")
    assert 'href="/buyer/people/"' in hands.text
    hands.open("people/")
    hands.send("invite", 422, email="nobody")
    hands.open("people/")
    page = hands.send("invite", email="fang@example.test", job="requester", spending_limit="1,500.00", locale=language)
    assert "fang@example.test" in page
    drain()
    (letter,) = mail.outbox
    assert letter.to == ["fang@example.test"] and "Yuelai Hotel" in letter.body + letter.subject
    link = link_in(letter)
    client = Client()
    client.cookies["django_language"] = language
    assert "Yuelai Hotel" in client.get(link).content.decode()
    accept(client, link, 422, name="", password=PASSWORD, agrees_processing="1")
    accept(client, link, 422, name="Wang Fang", password="short", agrees_processing="1")
    accept(client, link, name="Wang Fang", password=PASSWORD, agrees_processing="1")
    assert client.get("/buyer/people/").status_code == 200
    assert client.get("/buyer/invitations/").status_code == 404
    assert Client().get(link).status_code == 200 and "join" not in Reader(Client().get(link).content.decode()).forms
    row = next(row for row in people.colleagues(trade.buyer.actor) if row.name == "Wang Fang")
    assert (row.job, row.spending_limit) == ("requester", 150_000)
    assert row.name in hands.open("people/")
    hands.open(f"people/{row.ref}/")
    assert "1500.00" in hands.form("place").values["spending_limit"]
    hands.send("place", job="approver", spending_limit="")
    hands.open(f"people/{row.ref}/")
    hands.send("remove")
    assert client.get("/buyer/people/")["Location"] == "/welcome/"
    assert "Wang Fang" in hands.open("people/history/")


def test_somebody_with_a_sign_in_accepts_after_signing_in_and_nobody_else(trade):
    parties.invite_person(trade.buyer.actor, email=people.person(trade.s1.actor.user_id).email, place=Place("finance"))
    drain()
    link = link_in(mail.outbox[0])
    signed_out = Client().get(link).content.decode()
    assert f"/sign-in/?next={link.replace('/', '%2F')}" in signed_out
    other = trade.at(trade.partner.actor)
    standing = Reader(other.open(link)).forms
    assert "join" not in standing and standing["sign-out"].values["next"] == link
    assert other.client.post(link, {"form": "join", "key": new_ref("k")}).status_code == 403
    hands = trade.at(trade.s1.actor)
    hands.open(link)
    answer = hands.client.post(link, {"form": "join", "key": new_ref("k")})
    assert (answer.status_code, answer["Location"]) == (302, "/buyer/")
    assert hands.client.get("/buyer/").status_code == 200


def test_a_link_that_is_none_is_not_found_and_guessing_is_held_back(trade):
    client = Client()
    assert client.get("/invitation/nothing/").status_code == 404
    assert client.post("/invitation/nothing/", {"name": "x", "key": "k"}).status_code == 404
    ref = parties.invite_person(trade.buyer.actor, email="fang@example.test", place=Place())
    parties.withdraw_invitation(trade.buyer.actor, ref)
    assert notices.send_invitation(ref) is False
    link = f"/invitation/{people.invitation_token(ref)}/"
    assert client.get(link).status_code == 200
    form = {"form": "join", "name": "W", "password": PASSWORD}
    codes = {client.post(link, {**form, "key": new_ref("k")}).status_code for _ in range(70)}
    assert codes == {409, 429}


def test_a_leavers_cart_and_open_pages_are_gone_and_a_colleague_has_what_was_in_it(trade):
    leaver, heir = trade.buyer.colleague, trade.buyer.actor
    ordering.add_to_cart(leaver, trade.lamp, 4)
    ordering.add_to_cart(leaver, trade.rail, 3)
    ordering.add_to_cart(heir, trade.rail, 2)
    hands, caller = trade.at(leaver), Caller.of(leaver)
    hands.open("cart/")
    boss = trade.at(heir)
    boss.open(f"people/{leaver.user_ref}/")
    boss.send("remove", to_ref=heir.user_ref)
    assert hands.client.get("/buyer/cart/")["Location"] == "/welcome/"
    assert caller.get("/me").status == 401
    assert orders.cart_of(leaver) != []
    drain()
    assert orders.cart_of(leaver) == []
    assert {wish.sku_ref: int(wish.quantity) for wish in orders.cart_of(heir)} == {trade.rail: 5, trade.lamp: 4}
    ordering.take_over_cart(heir.organization_ref, leaver.user_ref, heir.user_ref)
    assert {wish.sku_ref: int(wish.quantity) for wish in orders.cart_of(heir)} == {trade.rail: 5, trade.lamp: 4}


def test_a_cart_goes_to_no_one_who_only_sells(trade):
    leaver, heir, company = trade.buyer.colleague, trade.buyer.actor, trade.buyer.ref
    OrganizationRole.objects.create(organization_id=heir.organization_id, role="supplier", since=now())
    seller = trade.market.person(company, "supplier")
    letters = people.person(leaver.user_id).email
    parties.grant_role(trade.market.operator.actor, email=letters, organization_ref=company, role="supplier")
    ordering.add_to_cart(leaver, trade.lamp, 4)
    parties.remove_person(seller, leaver.user_ref, to_ref=seller.user_ref)
    drain()
    assert [wish.sku_ref for wish in orders.cart_of(heir)] == [trade.lamp]


def test_departments_and_cost_centres_are_arranged_on_their_page(trade):
    hands = trade.at(trade.s1.actor)
    hands.open("inside/")
    hands.send("add-department", name="Sales")
    hands.open("inside/")
    hands.send("add-department", 409, name="sales")
    hands.open("inside/")
    page = hands.send("add-cost-centre", code="100", name="Head office")
    assert "Sales" in page and "Head office" in page
    department = people.departments(trade.s1.actor)[0].ref
    hands.open(f"inside/{department}/")
    hands.send("part", name="Exports")
    hands.open(f"inside/{department}/")
    assert "Exports" not in hands.send("end-part")
    hands.open("inside/dep_00000000000000000000/", 404)


def test_the_last_administrator_is_told_on_the_page(trade):
    hands = trade.at(trade.partner.actor)
    parties.remove_person(trade.partner.actor, trade.partner.colleague.user_ref)
    hands.open("people/")
    assert "last administrator" in hands.send("leave", 409)
    hands.open(f"people/{trade.partner.actor.user_ref}/")
    assert "last administrator" in hands.send("place", 409, job="staff")


def test_whoever_is_no_administrator_sees_names_and_may_only_leave(trade):
    actor = trade.market.person(trade.buyer.ref, "buyer", "requester")
    hands = trade.at(actor)
    page = hands.open("people/")
    assert "@example.test" not in page.partition('id="list"')[2] and "invite" not in hands.read.forms
    form = hands.form("leave")
    assert hands.client.post(form.url, form.values)["Location"] == "/"
    assert people.actor_of(actor.user_id, trade.buyer.ref, "buyer") is None
    assert hands.client.get("/buyer/people/")["Location"] == "/welcome/"


def test_a_partner_reads_its_grade_on_its_page(trade):
    ref = parties.define_grade(
        trade.market.operator.actor, name={"en": "Silver"}, rank=1, rights=["order.confirm_margin"]
    )
    parties.assign_grade(trade.market.operator.actor, trade.partner.ref, ref)
    page = trade.at(trade.partner.actor).open("people/")
    assert "Silver" in page and "Confirm margins" in page
