"""Papers under “Our company” at every portal, the operator's list, and the way out when one has lapsed."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trivium.core import sql
from trivium.core.ids import new_ref
from trivium.core.tests.handed_in import pdf
from trivium.core.time import business_day, now
from trivium.parties import commands, queries

pytestmark = pytest.mark.django_db


def company(trade, role: str):
    its = {"supplier": trade.s1, "partner": trade.partner, "buyer": trade.buyer, "operator": trade.market.operator}
    return its[role]


def later(days: int) -> dt.date:
    return business_day(now()) + dt.timedelta(days=days)


def in_force(trade, actor, days: int | None = None, kind: str = "business_licence") -> str:
    last = later(days) if days is not None else None
    ref = commands.hand_in_paper(actor, kind=kind, file=[pdf(text=new_ref("L"))], expires_on=last)
    commands.approve_paper(trade.market.operator.actor, ref)
    return ref


def file(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("licence.pdf", content or pdf(text=new_ref("L")), "application/pdf")


@pytest.mark.parametrize("role", ["supplier", "partner", "buyer", "operator"])
def test_a_paper_is_handed_in_read_and_taken_back_at_every_portal(trade, role):
    hands = trade.at(company(trade, role).actor)
    assert "No licence or certificate here yet" in hands.open("company/")
    text = hands.send("hand-in-paper", kind="quality_certificate", paper_number="Q-9001", file=file())
    assert "Q-9001" in text and "Waits for the operator" in text
    (ref,) = (row.ref for row in queries.own_papers(hands.actor) if row.number == "Q-9001")
    answer = hands.client.get(f"/{role}/company/papers/{ref}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert hands.client.get(f"/{role}/company/papers/{ref}/")["Cache-Control"] == "no-store"
    hands.open("company/")
    hands.send("take-back-")
    assert "Taken back" in hands.open("company/")


@pytest.mark.parametrize(("language", "left"), [("en", "20 days left"), ("zh-hans", "剩 20 天")])
def test_a_licence_is_renewed_and_the_operator_decides(trade, language, left):
    hands, operator = trade.at(trade.s1.actor, language), trade.at(trade.market.operator.actor, language)
    old = in_force(trade, trade.s1.actor, 20)
    assert left in hands.open("company/")
    hands.send(f"renew-{old}", expires_on=later(400).isoformat(), note="Renewed", file=file())
    assert f'id="renew-{old}"' not in hands.open("company/")
    text = operator.open("company-papers/?state=waiting")
    assert "Renewed" in text
    operator.send("decline-", words="The seal cannot be read")
    assert "The seal cannot be read" in hands.open("company/")
    hands.send(f"renew-{old}", expires_on=later(400).isoformat(), file=file())
    operator.open("company-papers/")
    operator.send("approve-")
    assert [row.status for row in queries.own_papers(trade.s1.actor)] == ["in_force", "declined", "replaced"]
    assert left not in hands.open("company/")
    assert "licen" in hands.open(f"history/{trade.s1.ref}/").lower() or language != "en"


def test_what_is_no_paper_is_refused_beside_its_field(trade):
    hands = trade.at(trade.s1.actor)
    hands.open("company/")
    assert "whatever its name says" in hands.send("hand-in-paper", 422, file=file(b"MZ" + bytes(3000)))
    assert "0 bytes" in hands.send("hand-in-paper", 422)
    assert "expired on" in hands.send("hand-in-paper", 422, expires_on=later(-1).isoformat(), file=file())


def test_a_lapsed_licence_refuses_a_new_listing_with_the_way_to_renew_it(trade):
    hands = trade.at(trade.s1.actor)
    ref = in_force(trade, trade.s1.actor, 1)
    sql.execute("UPDATE parties_paper SET expires_on = %s WHERE ref = %s", [later(-1), ref])
    hands.open("products/")
    form = hands.form("create-product")
    text = hands.post(form, 409, code="L-77", name="Lamp")
    assert "nothing new goes on sale" in text and "/supplier/company/#papers" in text
    assert "Expired" in trade.at(trade.market.operator.actor).open("company-papers/?state=lapsed")


def test_papers_are_for_administrators_and_reviewers_alone(trade):
    ref = in_force(trade, trade.s1.actor, 20)
    for hands in (trade.at(trade.s2.actor), trade.at(trade.buyer.actor)):
        hands.open(f"/{hands.actor.role}/company/papers/{ref}/", 404)
        hands.open(f"/{hands.actor.role}/company-papers/", 404)


def test_who_must_hear_is_told_in_bell_and_by_name(trade):
    in_force(trade, trade.s1.actor, 20)
    for paper_id in queries.papers_to_warn_of(business_day(now())):
        commands.warn_of_paper(paper_id)
    day = later(20).isoformat()
    assert f"expires on {day}" in trade.at(trade.s1.actor).open("notices/")
    assert "expires soon" in trade.at(trade.market.operator.actor).open("notices/")
