"""The audit finds nothing in a used database, and names whatever is broken in it by force."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from rich.console import Console

from tests.audit import (
    damages,
    damages_of_admission,
    damages_of_channel,
    damages_of_money,
    damages_of_orders,
    damages_of_words,
)
from tests.audit.damages import Damage
from tests.audit.used import Used
from trivium.core import sql
from trivium.core.time import use_clock
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.rules import PaymentMethod, Status
from trivium.project import audit

pytestmark = pytest.mark.django_db

DAMAGES: tuple[Damage, ...] = (
    *damages.CORE,
    *damages.LEDGER,
    *damages.PARTIES,
    *damages_of_admission.ADMISSION,
    *damages_of_channel.CHANNEL,
    *damages.PRICING,
    *damages.INVENTORY,
    *damages_of_orders.FIGURES,
    *damages_of_orders.HOLDS,
    *damages_of_orders.STATES,
    *damages.FULFILMENT,
    *damages_of_money.ACCOUNTS,
    *damages_of_money.ESCROW,
    *damages_of_money.STATEMENTS,
    *damages.IMPORTS,
    *damages.SERVICE,
    *damages_of_words.AGREEMENTS,
    *damages_of_words.EXCHANGE,
)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Used]:
    """The used database, built once for the module, in a transaction that is rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Used()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def names(built: Used) -> dict[str, Any]:
    """Its references, by the names damages use."""
    return damages.names_of(built)


@pytest.fixture
def used(built: Used) -> Iterator[Used]:
    """The used database; whatever a test does to it is undone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield built
        transaction.set_rollback(True)


def test_a_used_database_is_clean(used: Used) -> None:
    assert [str(fault) for fault in audit.faults()] == []


@pytest.mark.parametrize(
    "table",
    [
        *(f"ordering_supplierorder WHERE status = '{status}'" for status in Status),
        *(f"ordering_order WHERE mode = '{mode}'" for mode in ("commission", "service_fee", "markup")),
        *(f"ordering_order WHERE payment_method = '{method}'" for method in PaymentMethod),
        "ordering_order WHERE approval = 'waiting'",
        "ordering_orderline WHERE shortfall > 0",
        "ordering_orderline WHERE substitute_id IS NOT NULL",
        "ordering_orderline WHERE back_amount > 0",
        "pricing_couponuse WHERE status = 'redeemed'",
        "ledger_hold WHERE status = 'held' AND subject LIKE '%%:budget'",
        "settlement_refund WHERE after_completion",
        "settlement_refundloss",
        "settlement_payment WHERE surplus > 0",
        "settlement_statement WHERE opening < 0",
        "settlement_statementconfirmation WHERE side = 'deadline'",
        "settlement_payout WHERE status = 'sent'",
        "settlement_payout WHERE status = 'proposed'",
    ],
)
def test_the_used_database_has_seen(used: Used, table: str) -> None:
    assert sql.rows(f"SELECT count(*) FROM {table}")[0][0] > 0


def test_every_check_can_fail() -> None:
    assert {damage.check for damage in DAMAGES} == set(audit.checks())


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: f"{d.check}-{d.text or d.subject}".replace(" ", "_"))
def test_the_audit_names_what_is_broken(used: Used, names: dict[str, Any], damage: Damage) -> None:
    """The check names the broken row and no other; what checks of other promises say of it is their business."""
    if damage.pick:
        names = names | {"it": sql.rows(damage.pick.format(**names))[0][0]}
    for statement in damage.statements:
        by_force(statement.format(**names))
    found = list(audit.checks()[damage.check]())
    assert {fault.subject for fault in found} == {damage.subject.format(**names)}, found
    assert any(damage.text in fault.text for fault in found), found


def test_what_a_job_will_still_do_is_no_fault(used: Used) -> None:
    with use_clock(used.clock):
        used.clock.move(days=8)
        sweep_deadlines()  # completes what was signed; paying out is a job, and the jobs have not run
    assert [str(fault) for fault in audit.faults()] == []
    by_force("UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'todo'")
    found = {fault.subject.split()[0] for fault in audit.faults()}
    assert found == {"job", "supplier"}


def told(width: int = 200) -> tuple[int, str]:
    """What `trivium audit` answers and prints."""
    console = Console(record=True, width=width, file=io.StringIO())
    return audit.run(console), console.export_text()


def test_a_clean_audit_says_so_and_what_it_does_not_check(used: Used) -> None:
    code, words = told()
    assert code == 0
    assert words.splitlines()[-1].startswith("The books are clean: ")
    assert "Not yet: 5, seals." in words
    assert "Proved by tests" in words


def test_an_audit_that_finds_something_names_it_and_fails(used: Used, names: dict[str, Any]) -> None:
    by_force(f"UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'escrow/{names['signed1']}'")
    code, words = told()
    assert code == 1
    assert f"balance escrow/{names['signed1']} CNY" in words
    assert "found 2 faults, 1 of promise 1 (" in words.splitlines()[-1]  # the ledger's, and what settlement expects


def test_only_the_first_faults_are_printed_and_all_are_counted(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PRINTED", 3)
    by_force("UPDATE ordering_orderline SET signed = 0")
    code, words = told()
    count = sum(1 for _fault in audit.faults())
    assert (code, words.count("order line oln_") + words.count("supplier order sup_")) == (1, 3)
    assert f"… and {count - 3} more." in words
    assert f"found {count} faults" in words.splitlines()[-1]


def by_force(statement: str) -> None:
    """Run a statement while triggers and foreign keys look away."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, [])
        cursor.execute("SET LOCAL session_replication_role = origin")
