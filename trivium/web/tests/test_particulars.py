"""“Our company” at every portal: changed at once, asked for, looked at by the operator; and nothing of others."""

import pytest

from trivium.parties import commands, queries

pytestmark = pytest.mark.django_db


def company(trade, role: str):
    its = {"supplier": trade.s1, "partner": trade.partner, "buyer": trade.buyer, "operator": trade.market.operator}
    return its[role]


@pytest.mark.parametrize("role", ["operator", "supplier", "partner", "buyer"])
def test_a_company_changes_its_address_and_contacts_at_once(trade, role):
    hands = trade.at(company(trade, role).actor)
    hands.open("company/")
    assert "1 Keyuan Road" in hands.send("particulars", address="1 Keyuan Road", region="")
    hands.open("company/")
    assert "+8613800138000" in hands.send("add-contact", name="Li Na", phone="13800138000")
    assert "No such phone" in hands.send("add-contact", 422, name="Li", phone="12")


def test_what_somebody_else_has_changed_is_named_and_stays(trade):
    hands = trade.at(trade.s1.actor)
    hands.open("company/")
    form = hands.form("particulars")
    own = queries.particulars(trade.s1.actor)
    commands.change_particulars(trade.s1.actor, seen=own.version, address="Old Road 7")
    text = hands.post(form, 409, address="New Road 8")
    assert "Somebody has changed this" in text and "Address" in text and "Old Road 7" in text


@pytest.mark.parametrize(("language", "approve"), [("en", "Approve"), ("zh-hans", "通过")])
def test_a_bank_account_goes_from_asking_to_being_in_force(trade, language, approve):
    hands, operator = trade.at(trade.s1.actor, language), trade.at(trade.market.operator.actor, language)
    hands.open("company/")
    text = hands.send("ask-bank", holder="Chenguang", account="6222021234567890123", reason="new account")
    assert "•••• 0123" in text and "6222021234567890123" not in text and 'id="ask-bank"' not in text
    text = operator.open("changes/")
    assert "6222021234567890123" in text and approve in text and "/operator/changes/" in operator.open("")
    operator.open("changes/")
    operator.send("approve-")
    assert queries.particulars(trade.s1.actor).account == "•••• 0123"
    assert "6222021234567890123" not in operator.open("changes/")


def test_declined_with_a_reason_and_taken_back(trade):
    hands, operator = trade.at(trade.buyer.actor), trade.at(trade.market.operator.actor)
    hands.open("company/")
    hands.send("ask-legal_name", legal_name="Yuelai Group", reason="merged")
    operator.open("changes/")
    operator.send("decline-", answer="The licence is missing")
    assert "The licence is missing" in hands.open("company/")
    hands.send("ask-legal_name", legal_name="Yuelai Group", reason="merged")
    hands.open("company/")
    hands.send("withdraw-")
    assert "Taken back" in hands.open("company/")


def test_staff_reads_and_does_not_write_and_others_get_in_nowhere(trade):
    ref = commands.add_contact(trade.s1.actor, name="Li Na", phone="13800138000")
    other = trade.at(trade.s2.actor)
    assert "Li Na" not in other.open("company/")
    form = {"on": "/supplier/company/", "key": "k", "seen": "9"}
    other.client.post(f"/supplier/company/contacts/{ref}/remove/", form)
    assert [row.name for row in queries.particulars(trade.s1.actor).contacts] == ["Li Na"]
    for hands in (trade.at(trade.s1.actor), trade.at(trade.buyer.actor)):
        hands.open(f"/{hands.actor.role}/changes/", 404)


@pytest.mark.parametrize(("language", "said"), [("en", "it cannot be approved"), ("zh-hans", "不能通过")])
def test_what_screening_found_of_a_change_stands_beside_the_decision_for_the_operator_alone(trade, language, said):
    boss = trade.market.operator.actor
    commands.set_block(boss, kind="name", value="Wanli Trading Ltd", is_blocked=True, reason="Court order")
    hands, operator = trade.at(trade.s1.actor), trade.at(boss, language)
    hands.open("company/")
    assert "wanli" not in hands.send("ask-legal_name", legal_name="Wanli Trading", reason="merged").replace("Wanli", "")
    text = operator.open("changes/")
    assert said in text and "wanlitrading" in text
    assert "blocklist" in operator.send("approve-", 409) or language != "en"
    assert queries.particulars(trade.s1.actor).legal_name != "Wanli Trading"
