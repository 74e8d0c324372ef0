"""A small market, built through the commands: everything that can happen has happened, and the books are clean."""

import pytest
from rich.console import Console

from demo.build import build
from demo.plan import Size, make
from tests.demo.invented import purchases
from trivium.core import sql
from trivium.core.time import now
from trivium.ordering import queries as orders
from trivium.project.audit import run

SMALL = Size(suppliers=3, partners=3, buyers=6, skus=60, orders=30)


@pytest.mark.django_db
def test_the_market_stands_and_its_books_are_clean():
    plan = make(purchases(), 7, SMALL)
    told: list[tuple[str, float]] = []
    ground = build(plan, seed=7, tell=lambda what, part: told.append((what, part)))
    assert run(Console(quiet=True)) == 0

    assert [part for _what, part in told] == sorted(part for _what, part in told)
    assert told[-1][1] == pytest.approx(1.0)
    assert one("SELECT count(*) FROM catalog_sku") == len(plan.skus)
    assert one("SELECT count(*) FROM ordering_order") == len(plan.orders)
    assert one("SELECT max(placed_at) <= now() FROM ordering_order") is True
    assert column("SELECT DISTINCT mode FROM ordering_order") == {"commission", "service_fee", "markup"}
    assert column("SELECT DISTINCT payment_method FROM ordering_order") == {"prepaid", "bank_transfer", "on_account"}
    assert {"completed", "cancelled", "submitted"} <= column("SELECT DISTINCT status FROM ordering_supplierorder")
    assert one("SELECT count(*) FROM settlement_payout WHERE status = 'sent'") > 0
    assert one("SELECT count(*) FROM settlement_refund") > 0
    assert one("SELECT count(*) FROM procrastinate_jobs") == 0

    assert orders.worklist(ground.suppliers[plan.main_supplier].boss)
    assert orders.worklist(ground.partners[plan.main_partner].boss)
    assert orders.worklist(ground.buyers[plan.main_buyer].boss)
    assert now().year >= 2026  # the clock of the story is put away again


@pytest.mark.django_db
def test_the_same_seed_builds_the_same_orders():
    def listing() -> list[tuple[object, ...]]:
        build(make(purchases(), 7, Size(2, 2, 4, 30, 4)), seed=7, tell=lambda what, part: None)
        return sql.rows(
            "SELECT o.po_number, s.name, l.code, l.quantity, l.unit_price FROM ordering_orderline l "
            "JOIN ordering_supplierorder p ON p.id = l.supplier_order_id JOIN ordering_order o ON o.id = p.order_id "
            "JOIN parties_organization s ON s.id = p.supplier_id ORDER BY 1, 2, 3"
        )

    from django.db import transaction

    first = undone(transaction, listing)
    assert first and first == undone(transaction, listing)


def undone(transaction, act):
    """What an act gives, with everything it did undone."""
    with transaction.atomic():
        given = act()
        transaction.set_rollback(True)
    return given


def one(query: str):
    return sql.rows(query)[0][0]


def column(query: str) -> set[str]:
    return {row[0] for row in sql.rows(query)}
