"""The market's database, in the bundled PostgreSQL of a folder of its own. A comment on it says how far it is.

A market whose building was broken off is thrown away and built anew; a finished one is kept. A database without
our comment that holds anything is somebody's, and is left alone.
"""

from enum import StrEnum

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Mark(StrEnum):
    """What the comment says."""

    BEGUN = "Trivium demonstration: being built"
    COMPLETE = "Trivium demonstration: complete"


class NotOurs(Exception):
    """The database holds something that no demonstration has built."""


def is_complete(address: str) -> bool:
    """Whether the market stands.

    Raises: NotOurs.
    """
    with psycopg.connect(address, connect_timeout=10) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        mark = found[0] if found else None
        if mark is None and connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").fetchone():
            raise NotOurs(f"{connection.info.dbname} in {connection.info.host} holds what no demonstration has built")
    return bool(mark == Mark.COMPLETE)


def empty(address: str) -> None:
    """Make the database anew, whoever is still connected to it, and mark it as begun."""
    name = sql.Identifier(str(conninfo_to_dict(address)["dbname"]))
    with psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    mark(address, Mark.BEGUN)


def mark(address: str, what: Mark) -> None:
    """Write the comment; what was written before it is safe on the disk first."""
    name = sql.Identifier(str(conninfo_to_dict(address)["dbname"]))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(str(what))))


def unhurried(address: str) -> str:
    """The address for building: commits do not wait for the disk, since a broken build is thrown away."""
    return f"{address}&options=-c%20synchronous_commit%3Doff"
