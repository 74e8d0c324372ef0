"""Changing the vault's keys: cut off by a kill it is carried on, everything is read before, during and after."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.journeys.ground import sweep_the_floor
from trivium.core import private_files, rotation, sql, vault
from trivium.core.history import changes_of
from trivium.core.time import now
from trivium.parties.models import Phone, User

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "the-first-key-of-this-test-is-long-enough", "the-second-key-of-this-test-is-long-enough"
HOW_MANY = 1_500


@pytest.fixture
def kept(settings, tmp_path):
    """Phones of many persons and a private paper under the old key; the rings are files."""
    settings.VAULT_KEYS, settings.SEARCH_KEYS = tmp_path / "vault_keys", tmp_path / "search_keys"
    settings.MEDIA_ROOT = tmp_path / "files"
    for ring in rotation.rings_of_its_own().values():
        ring.write_text(f"{OLD}\n")
    users = User.objects.bulk_create(
        User(email=f"{n}@example.test", name="Lin", created_at=now()) for n in range(HOW_MANY)
    )
    Phone.objects.bulk_create(Phone(user=user, number=number(n)) for n, user in enumerate(users))
    paper = private_files.keep(b"a licence")
    yield paper
    sweep_the_floor()


def number(n: int) -> str:
    return f"+86138{n:08d}"


def command(tmp_path, *arguments: str) -> subprocess.Popen[str]:
    """`trivium rotate-keys` as a process of its own, on the test's database, keys and files."""
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    environment = {
        **os.environ, "DATABASE_URL": address, "TRIVIUM_DATA_DIR": str(tmp_path),
        "TRIVIUM_FILES_DIR": str(tmp_path / "files"),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "trivium.project.cli", "rotate-keys", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def all_is_read(paper: str) -> bool:
    rows = {phone.number for phone in Phone.objects.all()}
    found = Phone.objects.filter(number_print__of=number(7)).count()
    return rows == {number(n) for n in range(HOW_MANY)} and found == 1 and private_files.read(paper) == b"a licence"


def test_a_killed_rotation_is_carried_on(kept, tmp_path):
    assert all_is_read(kept) and not any(rotation.outdated().values())
    killed = command(tmp_path)
    until = time.monotonic() + 120
    while killed.poll() is None and time.monotonic() < until:
        if 0 < rotation.outdated()["parties_phone.number"] < HOW_MANY:
            killed.kill()
            break
    killed.communicate(timeout=60)
    left = rotation.outdated()["parties_phone.number"]
    assert left < HOW_MANY and all_is_read(kept)
    again = command(tmp_path, "--forget")
    told = again.communicate(timeout=300)[0]
    assert again.returncode == 0, told
    assert not any(rotation.outdated().values()) and all_is_read(kept)
    if left:
        assert "A new key was made" not in told  # it was carried on
    assert len((tmp_path / "vault_keys").read_text().split()) == 1
    assert (tmp_path / "vault_keys").stat().st_mode & 0o077 == 0
    assert len(changes_of([User.objects.order_by("pk")[0].ref])) == 1  # that it was written: its value is the same


def test_what_cannot_be_opened_is_named_and_stops_nothing(kept, settings):
    phone = Phone.objects.order_by("pk")[3]
    sql.execute("UPDATE parties_phone SET number = set_byte(number, 60, 0) WHERE id = %s", [phone.pk])
    rotation.add_key(settings.VAULT_KEYS)
    outcome = rotation.rotate(lambda place, count: None)
    assert (outcome.values, outcome.files) == (HOW_MANY - 1, 1)
    assert [line.partition(":")[0] for line in outcome.unreadable] == [f"parties_phone.number of row {phone.pk}"]
    assert vault.ring().current.id in rotation.keys_in_use()


def test_no_table_and_no_file_shows_a_secret(kept, settings):
    """What a dump of the database and a copy of the files hold: every row of every table, every byte."""
    markers = [number(7), number(7)[3:], number(7).encode().hex()]
    for table in connection.introspection.table_names():
        for marker in markers:
            ((found,),) = sql.rows(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [marker])
            assert found == 0, table
    for path in settings.MEDIA_ROOT.rglob("*"):
        assert path.is_dir() or b"a licence" not in path.read_bytes()
