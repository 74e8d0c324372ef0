"""Short ways to write entries in tests."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from trivium.core.errors import Refusal
from trivium.ledger import commands
from trivium.ledger.rules import Posting

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
CREDIT, ESCROW = "buyer/org_b/receivable", "escrow/so_1"
WHO: dict[str, Any] = {"at": AT, "actor_ref": "system:test"}


def pay(source: str, destination: str, amount: int, *, key: str, unit: str = "CNY") -> str:
    """One entry that moves one amount."""
    posting = Posting(source, destination, amount, unit)
    return commands.post(
        key=key, subject=f"subject of {key}", purpose="test", postings=[posting], at=AT, actor_ref="t"
    )


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """The block is refused and undone, and the test's own transaction lives on."""
    with pytest.raises(kind) as refusal, transaction.atomic():
        yield refusal


def credit(limit: int) -> None:
    """How much the buyer of these tests may owe."""
    commands.set_floor(CREDIT, "CNY", -limit)
