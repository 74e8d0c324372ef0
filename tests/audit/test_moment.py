"""How the audit reads: as of one moment, and nothing else."""

import io

import pytest
from django.db import InternalError, connection
from rich.console import Console

from trivium.core import sql
from trivium.project import audit


@pytest.mark.django_db(transaction=True)
def test_an_audit_sees_one_moment_and_writes_nothing() -> None:
    with pytest.raises(InternalError, match="read-only"), audit._one_moment():
        assert sql.rows("SHOW transaction_isolation") == [("repeatable read",)]
        sql.execute("DELETE FROM procrastinate_jobs")
    assert audit.run(Console(file=io.StringIO())) == audit.CLEAN
    assert not connection.in_atomic_block


@pytest.mark.django_db
def test_a_database_of_another_version_is_not_audited() -> None:
    sql.execute("DELETE FROM django_migrations WHERE app = 'settlement'")
    console = Console(file=io.StringIO(), record=True)
    assert audit.run(console) == audit.FOUND
    assert "run trivium migrate first" in console.export_text()
