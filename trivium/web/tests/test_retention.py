"""How long data is kept, as the operator sets it and everybody reads it."""

import pytest
from django.test import Client

from trivium.parties import queries
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db


def test_a_term_is_set_anew_and_everybody_reads_it(trade) -> None:
    boss, buyer = trade.at(trade.market.operator.actor), trade.at(trade.buyer.actor)
    assert "/operator/retention/" in boss.open("")
    assert "30 years" in boss.open("retention/")
    boss.open("retention/left-pipl/")
    text = boss.send("change-retention", days="400", law="PIPL 47", reason="As our lawyers say")
    assert "Version 2" in text and "400 days" in text and "As our lawyers say" in text and "PIPL 19, 47" in text
    assert "400 days" in buyer.open("/you/")
    notice = Client().get("/sign-up/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "400 days" in notice
    assert "PIPL 47" in boss.open("history/left-pipl/")


@pytest.mark.parametrize(("language", "said"), [("en", "10950 to 36500 days"), ("zh-hans", "10950 至 36500 天")])
def test_what_a_law_asks_for_cannot_be_shortened(trade, language: str, said: str) -> None:
    boss = trade.at(trade.market.operator.actor, language)
    for days in ("3650", "0", "x", "9" * 30):
        boss.open("retention/books-pipl/")
        assert said in boss.send("change-retention", 422, days=days, reason="Space")
    boss.open("retention/sessions-pipl/")
    assert 'id="change-retention"' not in boss.text
    assert all(rule.version == 1 for rule in queries.retention_rules())


def test_what_a_colleague_has_set_meanwhile_is_not_overwritten(trade) -> None:
    boss, colleague = trade.at(trade.market.operator.actor), trade.at(trade.market.operator.actor)
    boss.open("retention/left-pipl/")
    form = boss.form("change-retention")
    colleague.open("retention/left-pipl/")
    colleague.send("change-retention", days="500", reason="Agreed")
    assert "Somebody has changed this" in boss.post(form, 409, days="400", reason="Mine")
    assert next(each for each in queries.retention_rules() if each.code == "left-pipl").days == 500


def test_for_whoever_may_not_set_it_there_is_no_such_page(trade) -> None:
    finance = Hands(trade.market.person(trade.market.operator.ref, "operator", "finance"))
    assert "/operator/retention/" not in finance.open("")
    for path in ("retention/", "retention/left-pipl/", "history/left-pipl/"):
        assert finance.client.get(f"/operator/{path}").status_code == 404
    finance.client.post("/operator/retention/left-pipl/change/", {"on": "/operator/", "key": "k", "seen": "1",
                                                                  "days": "9", "reason": "x"})  # fmt: skip
    assert next(each for each in queries.retention_rules() if each.code == "left-pipl").version == 1
    trade.at(trade.market.operator.actor).open("retention/none/", 404)
