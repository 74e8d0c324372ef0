"""Announcements and first steps in the portals."""

import pytest

from trivium.service import queries
from trivium.service.rules import CHECKLIST, TEMPLATES

pytestmark = pytest.mark.django_db


def published(trade, **written):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-announcement/?template=fair_dealing")
    text = operator.send("announce", **written)
    return operator, text, queries.announcements(trade.market.operator.actor)[0].ref


def test_a_paper_is_published_read_and_acknowledged(trade):
    operator, text, ref = published(trade)
    assert "Fair dealing" in text and "Yuelai Hotel" in text
    buyer = trade.at(trade.buyer.actor, "zh-hans")
    assert "廉洁合作守则" in buyer.open("")
    buyer.send(f"open-{ref}")
    assert "善意举报者" in buyer.text
    assert "廉洁合作守则" in buyer.open("")  # opened is not acknowledged
    buyer.open(f"announcements/{ref}/")
    buyer.send("acknowledge")
    assert "廉洁合作守则" not in buyer.open("").partition('id="worklist"')[0]
    assert trade.at(trade.s1.actor).open("").count("Fair dealing") == 1
    text = operator.open(f"announcements/{ref}/?state=acknowledged")
    assert "Yuelai Hotel" in text and "Yunqi Events" not in text
    operator.send("withdraw")
    buyer.open(f"announcements/{ref}/", 404)


def test_refusals_stand_at_their_fields(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-announcement/")
    good = {"title.en": "Rules", "title.zh-hans": "守则", "text.en": "x", "text.zh-hans": "y"}
    form = operator.form("announce")
    for wrong, field in (
        ({"title.zh-hans": "", "role.buyer": "1"}, "title.zh-hans"),
        ({"companies": "Nobody & Sons"}, "companies"),
        ({"role.buyer": "1", "until": "2020-01-01"}, "until"),
    ):
        text = operator.post(form, 422, **{**good, **wrong})
        assert f'id="announce-{field}-error"' in text
    assert "Nobody would read this" in operator.post(form, 422, **good)


def test_a_company_not_addressed_finds_nothing(trade):
    _operator, _text, ref = published(trade, **{"role.supplier": "", "role.partner": ""})
    trade.at(trade.s1.actor).open(f"announcements/{ref}/", 404)
    assert trade.at(trade.buyer.actor).open(f"announcements/{ref}/")


def test_every_step_leads_to_its_page_and_is_ticked_off(trade, people):
    for hands in people("en"):
        text = hands.open("first-steps/")
        for step in CHECKLIST[hands.actor.role]:
            assert f'href="/{hands.actor.role}/' in text
            hands.open("first-steps/")
            hands.send(f"tick-{step.code}")
        assert hands.text.count('class="chip done"') == len(CHECKLIST[hands.actor.role])


def test_every_template_fills_the_form(trade):
    operator = trade.at(trade.market.operator.actor)
    for template in TEMPLATES:
        operator.open(f"new-announcement/?template={template.code}")
        assert operator.form("announce").values["title.en"] == template.title["en"]
