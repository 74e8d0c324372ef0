"""Who reads what of the money."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import Denied, NotFound
from trivium.settlement import commands, queries
from trivium.settlement.tests.factories import CNY, Deal

pytestmark = pytest.mark.django_db


def accounts(deal: Deal, company: object, part: str) -> set[str]:
    """The accounts a company sees movements of when it asks about a line."""
    view = queries.explain_line(company.actor, deal.line(part))  # type: ignore[attr-defined]
    return {entry["account"] for entry in view["books"]}


def test_each_party_reads_its_own_accounts_and_the_operator_all(deal: Deal) -> None:
    part = deal.settled()
    assert accounts(deal, deal.first, part) == {f"supplier/{deal.first.ref}/pending"}
    assert accounts(deal, deal.partner, part) == {f"partner/{deal.partner.ref}/pending"}
    assert accounts(deal, deal.buyer, part) == {"bank"}
    assert {f"escrow/{part}", "operator/fees", "bank"} < accounts(deal, deal.market.operator, part)
    with pytest.raises(NotFound):
        accounts(deal, deal.second, part)


def test_a_buyer_on_account_reads_its_debt(deal: Deal) -> None:
    commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
    part = deal.settled(method="on_account")
    assert accounts(deal, deal.buyer, part) == {f"buyer/{deal.buyer.ref}/receivable"}


def test_what_a_line_earns_is_told_to_nobody_who_may_not_know(deal: Deal) -> None:
    part = deal.settled()
    fee, commission, net = 3000, 8000, 89000
    seen = {
        company: queries.explain_line(company.actor, deal.line(part))
        for company in (deal.buyer, deal.partner, deal.first)
    }
    secret = {deal.buyer: {fee, commission, net}, deal.partner: {fee, net}, deal.first: {fee, commission}}
    for company, view in seen.items():
        told = {*view["figures"].values(), *(abs(entry["amount"]) for entry in view["books"])}
        assert not told & secret[company]
    assert seen[deal.first]["figures"]["deduction"] == fee + commission


def test_payments_are_the_buyers_and_the_operators_to_see(deal: Deal) -> None:
    placed = deal.order()
    deal.transfer(placed)
    for actor in (deal.buyer.actor, deal.boss):
        assert [row["amount"] for row in queries.payments_of(actor, placed.number)] == [placed.total]
    for actor in (deal.first.actor, deal.partner.actor):
        assert queries.payments_of(actor, placed.ref) == []
    with pytest.raises(NotFound):
        queries.payments_of(deal.market.buyer("Rival", deal.partner).actor, placed.ref)


def test_refunds_are_read_at_once_and_by_suppliers_without_the_amount(deal: Deal) -> None:
    placed = deal.order(a=10, c=3)
    deal.transfer(placed)
    parts = placed.supplier_order_refs
    counts = []
    for part in parts:
        deal.deliver(part)
        deal.refund(part, 1)
        with CaptureQueriesContext(connection) as statements:
            found = queries.refunds_of(deal.buyer.actor, parts)
        counts.append(len(statements))
    assert [[row["amount"] for row in found[part]] for part in parts] == [[10000], [3333]]
    assert counts == [2, 2]
    assert "amount" not in queries.refunds_of(deal.first.actor, parts[:1])[parts[0]][0]
    with pytest.raises(NotFound):
        queries.refunds_of(deal.first.actor, parts)


def test_statements_and_payouts_are_the_partys_own(deal: Deal) -> None:
    deal.settled()
    refs = deal.state()
    mine, others = deal.statement_of(deal.first, refs), deal.statement_of(deal.partner, refs)
    assert [row["ref"] for row in queries.statements_of(deal.first.actor)] == [mine]
    assert len(queries.statements_of(deal.boss)) == 2
    view = queries.get_statement(deal.first.actor, mine)
    assert (view["total"], [line["amount"] for line in view["lines"]]) == (91000, [91000])
    with pytest.raises(NotFound):
        queries.get_statement(deal.first.actor, others)
    commands.confirm_statement(deal.first.actor, mine)
    commands.confirm_statement(deal.boss, mine)
    assert [row["amount"] for row in queries.payouts_of(deal.first.actor)] == [91000]
    assert queries.payouts_of(deal.partner.actor) == []


def test_open_accounts_are_shown_to_the_debtor_and_the_operator(deal: Deal) -> None:
    commands.set_credit_limit(deal.boss, deal.buyer.ref, 10**7, CNY)
    owed = deal.order(method="on_account").total
    rival = deal.market.buyer("Rival", deal.partner)
    assert [row["amount"] for row in queries.open_accounts(deal.boss)] == [owed]
    assert [row["amount"] for row in queries.open_accounts(deal.buyer.actor)] == [owed]
    assert queries.open_accounts(rival.actor) == []
    with pytest.raises(Denied):
        queries.open_accounts(deal.partner.actor)
