"""Share contracts proposed in the portal, with all the pricing rules know of, and signed by both sides."""

import pytest

from trivium.catalog import queries as catalog
from trivium.pricing import queries as pricing

pytestmark = pytest.mark.django_db


def newest(company):
    return max(pricing.share_contracts(company.actor), key=lambda row: row.version)


def sign_both(trade, company):
    ref = newest(company).ref
    for actor in (trade.market.operator.actor, company.actor):
        hands = trade.at(actor)
        hands.open(f"contracts/{ref}/")
        hands.send("sign-contract")
    return ref


def test_clauses_by_goods_and_supplier_with_bands_least_and_most(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open(f"contracts/new/partner/?party={trade.partner.ref}")
    goods = catalog.categories()[0]
    written = {
        "party_ref": trade.partner.ref, "terms.mode": "commission", "terms.currency": "CNY",
        "clauses.0.percent": "5", "clauses.0.bands": "100,000: 6；500000：7",
        "clauses.1.category": goods.path, "clauses.1.percent": "4.5", "clauses.1.floor": "1", "clauses.1.cap": "80.50",
        "clauses.2.supplier": trade.s2.ref, "clauses.2.percent": "9",
    }  # fmt: skip
    text = operator.send("propose", **written)
    terms = newest(trade.partner).terms
    assert terms["mode"] == "commission" and terms["currency"] == "CNY"
    assert [clause["bands"] for clause in terms["clauses"]] == [
        [{"from": 0, "percent": "5"}, {"from": 10_000_000, "percent": "6"}, {"from": 50_000_000, "percent": "7"}],
        [{"from": 0, "percent": "4.5"}],
        [{"from": 0, "percent": "9"}],
    ]
    assert terms["clauses"][1] | {"bands": 0} == {
        "category": goods.path, "supplier": None, "bands": 0, "floor": 100, "cap": 8050}  # fmt: skip
    for said in ("¥100,000.00", "¥80.50", "Hengtai Bathroom", "9.0%", goods.name["en"]):
        assert said in text, said
    sign_both(trade, trade.partner)
    assert newest(trade.partner).is_complete


def test_a_new_version_begins_with_the_terms_that_hold(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("contracts/new/partner/")
    operator.send("propose", **{"party_ref": trade.partner.ref, "terms.mode": "service_fee",
                                "clauses.0.percent": "3", "clauses.0.bands": "2000: 4", "clauses.0.cap": "10"})
    ref = sign_both(trade, trade.partner)
    partner = trade.at(trade.partner.actor)
    assert "contracts/new/partner/" in partner.open(f"contracts/{ref}/")
    partner.open("contracts/new/partner/")
    form = partner.form("propose").values
    was = newest(trade.partner)
    assert (form["terms.mode"], form["clauses.0.percent"], form["clauses.0.bands"], form["clauses.0.cap"]) == (
        "service_fee", "3", "2000.00: 4", "10.00")  # fmt: skip
    partner.send("propose", **{"clauses.0.percent": "3.5"})
    now = newest(trade.partner)
    assert now.version == was.version + 1 and not now.is_complete
    assert now.terms == {**was.terms, "clauses": [
        {**was.terms["clauses"][0], "bands": [{"from": 0, "percent": "3.5"}, {"from": 200000, "percent": "4"}]}]}


def test_markup_has_no_clauses_and_a_supplier_names_its_band(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("contracts/new/partner/")
    refused = {"party_ref": trade.partner.ref, "terms.mode": "markup", "clauses.0.percent": "3"}
    assert "no clauses under markup" in operator.send("propose", 422, **refused)
    operator.send("propose", **{**refused, "clauses.0.percent": ""})
    assert newest(trade.partner).terms["mode"] == "markup"
    supplier = trade.at(trade.s1.actor)
    supplier.open("contracts/new/supplier/")
    supplier.send("propose", **{"terms.fee_percent": "3", "terms.share_percent": "8", "min_percent": "5",
                                "max_percent": "20", "terms.net_of_tax": "1"})
    terms = newest(trade.s1).terms
    assert terms["markup_band"] == {"min_percent": "5", "max_percent": "20"} and terms["net_of_tax"] is True


def test_what_cannot_be_read_comes_back_at_its_field(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("contracts/new/partner/")
    form = operator.form("propose")
    for name, wrong in (("clauses.0.bands", "many"), ("clauses.0.cap", "a lot"), ("starts_at", "soon")):
        values = {"party_ref": trade.partner.ref, "clauses.0.percent": "3", name: wrong}
        text = operator.post(form, 422, **values)
        assert f'id="propose-{name}-error"' in text and wrong in text, name
    same = {"party_ref": trade.partner.ref, "clauses.0.percent": "3", "clauses.1.percent": "4"}
    assert 'role="alert"' in operator.post(form, 422, **same)


def test_nobody_proposes_for_another(trade):
    trade.at(trade.s1.actor).open("contracts/new/partner/", 404)
    trade.at(trade.partner.actor).open("contracts/new/supplier/", 404)
    partner = trade.at(trade.partner.actor)
    partner.open("contracts/new/partner/")
    partner.send("propose", 404, party_ref=trade.s1.ref, **{"clauses.0.percent": "50"})
    assert newest(trade.partner).version == 1
