"""Share contracts and freight rates on a real PostgreSQL."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.kept import market_of
from trivium.core.errors import Denied, NotFound, Refusal, TooLong
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, use_clock
from trivium.pricing import commands, queries
from trivium.pricing.errors import (
    AlreadySigned,
    BadAmountOff,
    BadCountry,
    BadCurrency,
    BadTerms,
    ContractChanged,
    DuplicateRate,
    Outdated,
    OverlappingClauses,
    PersonNeeded,
    SignedByYou,
    TermsDiffer,
)
from trivium.pricing.models import ContractVersion
from trivium.pricing.rules import NewFreightRate
from trivium.pricing.tests import worked
from trivium.pricing.tests.factories import Market, make_actor, refused

pytestmark = pytest.mark.django_db

ANY_SKU = "sku_" + "0" * 20


@pytest.fixture
def market() -> Market:
    return market_of(Market)


def events() -> list[str]:
    return list(EventRecord.objects.order_by("id").values_list("name", flat=True))


# -- share contracts ------------------------------------------------------------------------------------


def propose(market: Market, **more: Any) -> str:
    given: dict[str, Any] = {
        "kind": "operator_supplier", "terms": worked.SUPPLIER_TERMS,
        "party_ref": market.suppliers["A"].organization_ref, **more,
    }  # fmt: skip
    return commands.propose_share_contract(market.operator, **given)


def test_both_sides_sign_each_by_its_own_person(market: Market) -> None:
    ref = propose(market)
    contract = queries.get_share_contract(market.suppliers["A"], ref)
    assert (contract.version, contract.is_complete) == (1, False)
    with refused(TermsDiffer):
        commands.sign_share_contract(market.suppliers["A"], ref, terms_hash="0" * 64)
    assert commands.sign_share_contract(market.suppliers["A"], ref, terms_hash=contract.terms_hash) is False
    with refused(AlreadySigned):
        commands.sign_share_contract(market.suppliers["A"], ref)
    assert commands.sign_share_contract(market.operator, ref) is True
    assert events()[-2:] == ["ShareContractSigned", "ShareContractSigned"]
    assert EventRecord.objects.last().data["is_complete"] is True  # type: ignore[union-attr]


def test_nobody_signs_for_both_sides(market: Market) -> None:
    ref = propose(market)
    commands.sign_share_contract(market.operator, ref)
    supplier = market.suppliers["A"]
    same_person = type(supplier)(
        market.operator.user_id, market.operator.user_ref, supplier.organization_id, supplier.organization_ref,
        "supplier", supplier.permissions,
    )  # fmt: skip
    with refused(SignedByYou):
        commands.sign_share_contract(same_person, ref)


def test_a_contract_is_signed_by_a_person_of_its_sides(market: Market) -> None:
    ref = propose(market)
    for stranger in (market.suppliers["C"], market.partner):
        with refused(NotFound):
            commands.sign_share_contract(stranger, ref)
    with refused(PersonNeeded):
        commands.sign_share_contract(type(market.operator).system("rule"), ref)
    with refused(Denied):
        commands.sign_share_contract(make_actor(market.buyer, "buyer"), ref)


def test_a_party_proposes_for_itself_only(market: Market) -> None:
    supplier = market.suppliers["A"]
    ref = commands.propose_share_contract(supplier, kind="operator_supplier", terms=worked.SUPPLIER_TERMS)
    assert queries.get_share_contract(supplier, ref).party_ref == supplier.organization_ref
    with refused(Denied):
        commands.propose_share_contract(supplier, kind="operator_partner", terms=worked.PARTNER_TERMS["markup"])
    with refused(NotFound):
        commands.propose_share_contract(
            supplier, kind="operator_supplier", terms=worked.SUPPLIER_TERMS,
            party_ref=market.suppliers["C"].organization_ref,
        )  # fmt: skip
    for change in ({"kind": "marriage"}, {"party_ref": "org_no"}, {"party_ref": None}):
        with refused(NotFound):
            propose(market, **change)


def test_bad_terms_are_refused_before_anybody_can_sign(market: Market) -> None:
    clauses = [{"bands": [{"percent": "1"}], "category": "tools"}] * 2
    with refused(OverlappingClauses) as refusal:
        propose(market, kind="operator_partner", terms={"mode": "commission", "clauses": clauses},
                party_ref=market.partner.organization_ref)  # fmt: skip
    assert refusal.value.params["category"] == "tools"
    with refused(BadTerms):
        propose(market, terms={"fee_percent": "50", "share_percent": "51"})


def test_an_older_version_cannot_follow_a_signed_newer_one(market: Market) -> None:
    old, new = propose(market), propose(market, terms={"fee_percent": "4", "share_percent": "8"})
    assert queries.get_share_contract(market.operator, new).version == 2
    for signer in (market.operator, market.suppliers["A"]):
        commands.sign_share_contract(signer, new)
    with refused(Outdated):
        commands.sign_share_contract(market.operator, old)


def test_a_contract_never_begins_in_the_past(market: Market) -> None:
    with use_clock(SettableClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))):
        ref = propose(market, starts_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert queries.get_share_contract(market.operator, ref).starts_at == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def test_versions_and_signatures_are_append_only(market: Market) -> None:
    ref = propose(market)
    commands.sign_share_contract(market.operator, ref)
    for table in ("pricing_contractversion", "pricing_contractsignature"):
        for statement in (f"UPDATE {table} SET terms_hash = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement)


def test_the_same_version_cannot_be_proposed_twice(market: Market) -> None:
    propose(market)
    with pytest.raises(IntegrityError), transaction.atomic():
        first = ContractVersion.objects.get()
        first.pk, first.ref = None, "ctr_" + "1" * 20
        first.save(force_insert=True)
    assert ContractChanged.kind == "conflict"


# -- freight --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "refusal"), [
    ({"base": -1}, BadAmountOff), ({"base": 1.5}, BadAmountOff), ({"per_kg": -1}, BadAmountOff),
    ({"currency": ""}, BadCurrency), ({"country": "cn"}, BadCountry), ({"country": "C"}, BadCountry),
    ({"delivery_method": ""}, Refusal), ({"region_prefix": "x" * 21}, TooLong), ({"free_from": -1}, BadAmountOff),
])  # fmt: skip
def test_bad_freight_rates_are_refused(market: Market, change: dict[str, Any], refusal: type[Refusal]) -> None:
    market.set_freight()
    given: dict[str, Any] = {"delivery_method": "standard", "currency": "CNY", "base": 5, **change}
    with refused(refusal):
        commands.set_freight_rates(market.suppliers["A"], [NewFreightRate(**given)])


def test_freight_rates_are_replaced_as_a_whole(market: Market) -> None:
    market.set_freight()
    rate = NewFreightRate(delivery_method="express", currency="CNY", base=5)
    with refused(DuplicateRate):
        commands.set_freight_rates(market.suppliers["A"], [rate, rate])
    with refused(Denied):
        commands.set_freight_rates(market.partner, [rate])
    assert commands.set_freight_rates(market.suppliers["A"], [rate]) == 1
    assert [r["delivery_method"] for r in queries.freight_rates(market.suppliers["A"])] == ["express"]
