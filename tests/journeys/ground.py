"""A market that is built once and put back as it was: the ground of machines, enumerations and repeated stories.

Commands commit for real, as they do in life; afterwards the tables the trade wrote are emptied and filled again from
copies. That is much faster than building the market anew, and hides nothing a rollback would hide.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from trivium.core import sql
from trivium.core.events import ensure_partition
from trivium.core.time import now

# What only describes the market and is not changed by trading.
_GIVEN = (
    "auth_",
    "catalog_",
    "django_",
    "parties_organization",
    "parties_user",
    "parties_membership",
    "parties_assignment",
    "parties_approvalrule",
    "parties_apikey",
    "parties_partnergrade",
    "parties_department",
    "parties_costcentre",
    "pricing_contract",
    "pricing_freight",
    "pricing_price",
    "pricing_promotion",
    "inventory_location",
    "procrastinate_workers",
    "procrastinate_periodic",
)
_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
ORDER BY c.relname
"""


class Ground:
    """Copies of the tables that trading changes, as they are when this is made."""

    def __init__(self) -> None:
        names = [row[0] for row in sql.rows(_TABLES)]
        self.tables = [name for name in names if not name.startswith(_GIVEN)]
        with transaction.atomic():
            sql.execute("CREATE SCHEMA IF NOT EXISTS kept")
            for name in self.tables:
                sql.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")
        self.kept = [name for name in self.tables if _has_rows(f"kept.{name}")]
        self.kept = _parents_first(self.kept)

    def restore(self) -> None:
        """Put every table back as it was. Only tables that have rows are touched; identifiers go on counting."""
        with transaction.atomic():
            used = [name for name in self.tables if _has_rows(name)]
            if used:
                sql.execute(f"TRUNCATE {', '.join(used)} CASCADE")
            for name in self.kept:
                sql.execute(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name}")

    def drop(self) -> None:
        """Throw the copies away."""
        sql.execute("DROP SCHEMA IF EXISTS kept CASCADE")


def _has_rows(name: str) -> bool:
    return bool(sql.rows(f"SELECT EXISTS (SELECT FROM {name})")[0][0])


_PARENTS = """
SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid <> confrelid
"""


def _parents_first(names: Sequence[str]) -> list[str]:
    """Tables in an order in which no row comes before the one it points to."""
    links = [(child, parent) for child, parent in sql.rows(_PARENTS) if child in names and parent in names]
    ordered: list[str] = []
    while len(ordered) < len(names):
        ready = [n for n in names if n not in ordered and all(p in ordered for c, p in links if c == n)]
        assert ready, "tables point at each other in a ring"
        ordered += ready
    return ordered


def sweep_the_floor() -> None:
    """Empty what Django does not empty after a test that commits: the tables it does not manage."""
    with transaction.atomic():
        sql.execute("TRUNCATE core_event, procrastinate_jobs CASCADE")


def months_ahead(months: int = 8) -> None:
    """Make the event log's partitions for the time a story may reach."""
    with transaction.atomic():
        for month in range(months):
            ensure_partition(now() + dt.timedelta(days=30 * month))
    assert not connection.in_atomic_block
