"""What the audit says of a damaged ledger."""

import pytest
from django.db import connection

from trivium.ledger import commands, queries
from trivium.ledger.tests.factories import AT, CREDIT, ESCROW, WHO, credit, pay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("damage", "row"),
    [
        (
            "UPDATE ledger_balance SET amount = amount + 1 WHERE account LIKE 'escrow%%'",
            f"balance {ESCROW} CNY",
        ),
        ("UPDATE ledger_balance SET held = held + 1 WHERE account LIKE 'buyer%%'", f"balance {CREDIT} CNY"),
        ("DELETE FROM ledger_balance WHERE account LIKE 'escrow%%'", f"account {ESCROW} CNY"),
        ("UPDATE ledger_hold SET account = 'bank'", "hold hld_"),
        ("UPDATE ledger_posting SET amount = amount + 1 WHERE source = 'bank'", "entry ent_"),
        ("DELETE FROM ledger_posting WHERE source = 'bank'", "entry ent_"),
        ("UPDATE ledger_snapshot SET amount = amount + 1 WHERE account = 'bank'", "snapshot bank CNY upto "),
    ],
)
def test_the_audit_names_a_damaged_row(damage: str, row: str) -> None:
    credit(100)
    commands.hold(CREDIT, "CNY", 50, subject="ord_1", at=AT)
    pay("bank", ESCROW, 70, key="in")
    commands.reverse("in", key="undo", **WHO)
    pay("bank", ESCROW, 30, key="again")
    commands.take_snapshot(AT)
    assert not list(queries.faults())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # triggers and foreign keys look away
        cursor.execute(damage, [])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [fault for fault in queries.faults() if fault.subject.startswith(row)]
