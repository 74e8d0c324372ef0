"""A database that is migrated already, for every test database to be copied from.

Migrating takes nine seconds, copying a tenth of one. The copy's name carries a fingerprint of all that migrating
depends on; what was made for an older state of it is dropped.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "trivium_migrated_"
SOURCES = ("trivium/*/migrations/*.py", "trivium/*/*/migrations/*.py", "trivium/core/**/*.py", "trivium/*/rules.py",
           "trivium/*/rules/*.py", "trivium/project/settings.py", "requirements/dev.txt")  # fmt: skip
ONE_AT_A_TIME = 7_241_901


def template(address: str) -> str:
    """The name of the migrated database on this server, made if it is not there."""
    name = PREFIX + _fingerprint()
    with _server_alone(address) as server:
        there = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s",
                                                  [f"{PREFIX}%"]).fetchall()]  # fmt: skip
        if name not in there:
            for outdated in there:
                _drop(server, outdated)
            _make(server, name)
    return name


def drop_copy(name: str, verbosity: int = 0) -> None:
    """Drop a run's database, though a thread of a site that was served from it may not have gone yet."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _server_alone(address: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield server  # closing the connection gives the lock back


def _make(server: psycopg.Connection, name: str) -> None:
    """Migrate a database under another name first: what was cut off is never taken for whole."""
    making = f"{name}_making"
    _drop(server, making)
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = making
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
