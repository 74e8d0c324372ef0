"""Every landed version's database comes up to this one, and its books still hold."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.sql.gz"))


def test_there_is_a_dump() -> None:
    assert DUMPS


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_a_dump_migrates_and_audits_clean(dump: Path) -> None:
    address = os.environ["DATABASE_URL"]
    name = f"test_trivium_{os.getpid()}_upgrade"
    database = sql.Identifier(name)
    parts = {**conninfo_to_dict(address), "dbname": "postgres"}
    with psycopg.connect(make_conninfo("", **parts), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(database))
        try:
            with psycopg.connect(make_conninfo("", **{**parts, "dbname": name})) as fresh:
                fresh.execute(gzip.decompress(dump.read_bytes()).decode())
            was = conninfo_to_dict(address)["dbname"]
            environment = {**os.environ, "DATABASE_URL": address.replace(f"/{was}", f"/{name}", 1)}
            for command in ("migrate", "audit"):
                program = [sys.executable, "-m", "trivium.project.cli", command]
                done = subprocess.run(program, env=environment, capture_output=True, text=True)
                assert done.returncode == 0, done.stdout + done.stderr
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
