"""Loaded by pytest before anything else (`-p tests.plugin` in pyproject.toml): where the tests' database is.

Without DATABASE_URL it is a PostgreSQL of the tests' own under build/, kept between runs and shared by all
runs and all xdist workers of this clone, with fsync off. Each run has databases of its own, named after its
process; those of runs that were killed are dropped here.
"""

import os
import re
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from trivium.project import embedded

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"test_trivium_(\d+)(_gw\d+)?")


def _drop_leftovers(address: str) -> None:
    """Drop the databases of runs that are no more."""
    with psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            found = NAME.fullmatch(name)
            if found and not psutil.pid_exists(int(found[1])):
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                connection.execute(drop.format(sql.Identifier(name)))


if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["TRIVIUM_DATA_DIR"] = str(ROOT / "build" / "tests")
    os.environ["TRIVIUM_TEST_DATABASE"] = f"test_trivium_{os.getpid()}"
    (ROOT / "build" / "tests" / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
    os.environ.setdefault("TRIVIUM_SECRET_KEY", "only for tests")
    os.environ.setdefault("TRIVIUM_SANDBOX", "1")
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded.ensure(embedded.data_dir(), durable=False)
    _drop_leftovers(os.environ["DATABASE_URL"])
    os.environ.setdefault("HYPOTHESIS_SEED", str(int.from_bytes(os.urandom(4), "big")))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give hypothesis one seed for all workers of the run, before it looks."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = os.environ["HYPOTHESIS_SEED"]
