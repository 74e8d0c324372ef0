"""What an operator does for companies, what the two sides of a share contract do, and a supplier's own goods."""

import pytest

from trivium.ledger import queries as ledger
from trivium.parties import queries as parties
from trivium.pricing import queries as pricing
from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db

PASSWORD = "a very plain pass phrase"


def test_the_operator_adds_a_person_who_then_signs_in(trade, client):
    operator = trade.at(trade.market.operator.actor)
    operator.open(f"companies/{trade.buyer.ref}/")
    mail = "new.hand@example.test"
    text = operator.send(
        "admit-person", name="Chen Min", email=mail, password=PASSWORD, role="buyer", job="approver", locale="en"
    )
    assert mail in text and "Chen Min" in text
    answer = client.post("/sign-in/", {"login": mail, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/buyer/").url == "/agree/"  # test_agreeing tells on


def test_a_person_of_another_company_is_added_without_a_new_password(trade):
    operator = trade.at(trade.market.operator.actor)
    known = parties.person(trade.s1.actor.user_id).email
    operator.open(f"companies/{trade.buyer.ref}/")
    assert known in operator.send("admit-person", name="Lin Yue", email=known, role="buyer", job="staff")
    operator.open(f"companies/{trade.buyer.ref}/")
    text = operator.send("admit-person", 404, name="Nobody", email="nobody@example.test", role="buyer", job="staff")
    assert "nobody@example.test" not in text


def test_the_operator_assigns_a_buyer_and_sets_its_credit(trade, clock):
    operator = trade.at(trade.market.operator.actor)
    other = trade.market.partner("Second Partner")
    clock.move(hours=1)
    operator.open(f"companies/{trade.buyer.ref}/")
    assert "Second Partner" in operator.send("assign", partner_ref=other.ref, reason="moved")
    operator.open(f"companies/{trade.buyer.ref}/")
    assert "¥12,345.60" in operator.send("credit", limit="12,345.60")
    assert ledger.available(f"buyer/{trade.buyer.ref}/receivable", "CNY") == 1234560


def test_a_suspended_company_is_said_to_be_and_let_in_again(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open(f"companies/{trade.s1.ref}/")
    assert "Suspended" in operator.send("suspend", reason="Fraud")
    assert "Trading" in operator.send("reinstate", reason="Settled")


def test_a_supplier_cannot_open_a_company_page(trade):
    trade.at(trade.s1.actor).open(f"/operator/companies/{trade.s1.ref}/", 404)
    trade.at(trade.market.operator.actor).open("companies/org_nothing/", 404)


@pytest.mark.parametrize("kind", ["supplier", "partner"])
def test_a_contract_is_proposed_read_and_signed_by_both(trade, kind):
    operator = trade.at(trade.market.operator.actor)
    company = trade.s1 if kind == "supplier" else trade.partner
    operator.open("contracts/")
    assert f"contracts/new/{kind}/" in operator.text
    operator.open(f"contracts/new/{kind}/")
    written = (
        {"terms__fee_percent": "4", "terms__share_percent": "9.5", "terms__payable": "at_completion"}
        if kind == "supplier"
        else {"terms__mode": "commission", "clauses__0__percent": "6.5"}
    )
    text = operator.send("propose", party_ref=company.ref, **written)
    assert ("9.5%" if kind == "supplier" else "6.5%") in text and "Not signed by both" in text
    operator.send("sign-contract")
    newest = pricing.share_contracts(company.actor)[-1]
    party = trade.at(company.actor, "zh-hans")
    party.open(f"contracts/{newest.ref}/")
    party.send("sign-contract")
    assert pricing.get_share_contract(company.actor, newest.ref).is_complete
    assert "sign-contract" not in party.read.forms
    stranger = trade.at(trade.s2.actor)
    stranger.open(f"contracts/{newest.ref}/", 404)


def test_nonsense_in_a_proposal_comes_back_at_its_field(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("contracts/new/supplier/")
    form = operator.form("propose")
    text = operator.post(form, 422, terms__fee_percent="lots", terms__share_percent="1")
    assert "is-invalid" in text and 'value="lots"' in text
    text = operator.post(form, 422, terms__fee_percent="60", terms__share_percent="60")
    assert 'role="alert"' in text


def test_a_supplier_adds_a_product_prices_it_and_takes_it_off_sale(trade):
    company = trade.market.supplier("New Maker", payable="at_completion")
    supplier = trade.at(company.actor)
    supplier.open("products/")
    text = supplier.send("create-product", code="NM-1", name="铜水壶", name_en="Copper kettle")
    assert "Copper kettle" in text and "No price yet" in text
    assert "¥129.50" in supplier.send("price-", unit_price="129.5")
    supplier.send("count-", quantity="40")
    offer = next(o for o in shelf.offers(trade.buyer.actor) if o.code == "NM-1")
    assert offer.available == 40 and str(offer.unit_price.normalize()) == "129.5"
    assert "Not listed" in supplier.send("listed-")
    assert all(o.code != "NM-1" for o in shelf.offers(trade.buyer.actor))
    assert "Not listed" not in supplier.send("listed-").partition("</h1>")[2]


def test_what_a_product_lacks_is_said_at_its_field(trade):
    supplier = trade.at(trade.s1.actor)
    supplier.open("products/")
    form = supplier.form("create-product")
    for wrong in ({"code": ""}, {"moq": "none"}, {"weight_g": "heavy"}, {"name": ""}):
        text = supplier.post(form, 422, **{"code": "N1", "name": "X", **wrong})
        assert f'id="create-product-{next(iter(wrong))}-error"' in text, wrong
