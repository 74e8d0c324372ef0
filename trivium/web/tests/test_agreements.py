"""Agreements at the portals: written, read, signed, listed and proved; and nothing of a draft outside."""

import datetime as dt

import pytest

from trivium.core.time import business_day, now
from trivium.parties import commands, queries
from trivium.parties.rules import Job
from trivium.parties.tests.signing import drafted, published, signed

pytestmark = pytest.mark.django_db


def company(trade, role):
    return {"supplier": trade.s1, "partner": trade.partner, "buyer": trade.buyer}[role]


@pytest.mark.parametrize(("role", "language"), [("supplier", "en"), ("partner", "zh-hans"), ("buyer", "zh-hans")])
def test_each_role_reads_signs_and_keeps_its_agreement(trade, role, language):
    ref = published(trade.market.operator.actor, role, valid_days=365)
    hands = trade.at(company(trade, role).actor, language)
    title = {"en": "Buyer agreement", "zh-hans": "采购商服务协议"}[language]
    assert title in hands.open("") and title in hands.open("agreements/")
    text = hands.open(f"agreements/{ref}/")
    version = queries.get_agreement(hands.actor, ref).version()
    shown = f'<p class="said">{version.text[language]}</p>'  # with its paragraphs
    assert version.hashes[language] in text and shown in text
    hands.send("sign-agreement")
    (given,) = queries.signatures(hands.actor, ref)
    assert (given.language, given.network) == (language, "127.0.0.0/24")
    text = hands.open(f"agreement-signatures/{given.ref}/")
    assert text.count(version.hashes[language]) == 2 and shown in text
    assert 'id="sign-agreement"' not in hands.open(f"agreements/{ref}/")
    assert title not in hands.open("")


def test_a_form_that_shows_an_older_text_signs_nothing(trade, clock):
    desk = trade.market.operator.actor
    ref = published(desk, "buyer")
    hands = trade.at(trade.buyer.actor)
    hands.open(f"agreements/{ref}/")
    form = hands.form("sign-agreement")
    seen = queries.get_agreement(desk, ref).draft_hash
    commands.change_draft(desk, ref, seen=seen, title={"en": "A", "zh-hans": "甲"}, text={"en": "B", "zh-hans": "乙"})
    seen = queries.get_agreement(desk, ref).draft_hash
    commands.publish_agreement(desk, ref, seen=seen, binds_on=business_day(now()) + dt.timedelta(days=7))
    assert "not the text that is signed now" in hands.post(form, 409)
    assert 'id="sign-agreement"' not in hands.open(f"agreements/{ref}/?version=1")
    assert queries.signatures(trade.buyer.actor, ref) == []


def test_only_an_administrator_is_offered_to_sign(trade):
    ref = published(trade.market.operator.actor, "buyer")
    clerk = trade.market.person(trade.buyer.ref, "buyer", Job.STAFF)
    text = trade.at(clerk).open(f"agreements/{ref}/")
    assert "An administrator of your company signs here." in text and 'id="sign-agreement"' not in text


def test_a_draft_and_anothers_signature_are_not_found(trade):
    desk = trade.market.operator.actor
    draft, ref = drafted(desk, "buyer"), published(desk, "buyer")
    given = signed(trade.buyer.actor, ref)
    hands = trade.at(trade.stranger.actor)
    hands.open(f"agreements/{draft}/", 404)
    hands.open(f"agreement-signatures/{given}/", 404)
    hands.open(f"agreements/{ref}/?version=7", 404)
    hands.open(f"agreements/{ref}/text/?version=x", 404)
    trade.at(trade.s1.actor).open(f"agreements/{ref}/", 404)
    assert draft not in hands.open("agreements/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_operator_writes_publishes_sees_who_has_signed_and_ends(trade, language):
    hands = trade.at(trade.market.operator.actor, language)
    assert "starter=partner" in hands.open("new-agreement/")
    hands.open("new-agreement/?starter=supplier")
    hands.send("draft")
    (row,) = queries.agreements(trade.market.operator.actor)
    assert (row.role, row.number) == ("supplier", 0)
    page = f"agreements/{row.ref}/"
    hands.open(page)
    hands.send("publish", 422, binds_on=str(business_day(now())))
    hands.open(page)
    hands.send("publish", valid_days="30")
    signed(trade.s1.actor, row.ref)
    text = hands.open(page)
    assert "Chenguang Lighting" in text and "Hengtai Bathroom" in text
    text = hands.open(f"{page}?state=unsigned")
    assert "Hengtai Bathroom" in text and "Chenguang Lighting" not in text
    file = hands.client.get(f"/operator/{page}?format=csv").content.decode()
    assert "Hengtai Bathroom" in file
    hands.open(page)
    hands.send("end")
    assert trade.at(trade.s2.actor).open("agreements/").count(row.ref) == 0
    assert trade.at(trade.s1.actor).open("agreements/").count(row.ref) > 0


def test_who_may_not_write_agreements_reads_what_is_published(trade):
    ref = published(trade.market.operator.actor, "buyer")
    clerk = trade.at(trade.market.person(trade.market.operator.ref, "operator", Job.STAFF))
    assert 'id="publish"' not in clerk.open(f"agreements/{ref}/")
    clerk.open("agreements/")
    clerk.open("new-agreement/", 404)
