"""Changing the vault's keys: what stands under an older key is brought under the first one, piece by piece.

Each piece is a transaction of its own and says by itself which key it is under, so a rotation that was cut off, or
killed, is simply run again. Encrypted columns are found by their type, in every table of every context; sessions are
a table of Django's and have a word of their own.
"""

import base64
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from trivium.core import private_files, sessions, sql, vault
from trivium.core.fields import EncryptedTextField

PIECE = 200
Progress = Callable[[str, int], None]


@dataclass
class Outcome:
    """How many values and files were brought under the first key, and which could not be opened."""

    values: int = 0
    files: int = 0
    unreadable: list[str] = field(default_factory=list)


def encrypted_columns() -> list[EncryptedTextField]:
    """Every encrypted column there is."""
    fields = (each for model in apps.get_models() for each in model._meta.local_concrete_fields)
    return [each for each in fields if isinstance(each, EncryptedTextField)]


def outdated() -> dict[str, int]:
    """How many values of each column, and files, stand under an older key."""
    found = {each.use: _count(each) for each in encrypted_columns()}
    found[sessions.PLACE] = int(sql.rows(f"SELECT count(*) FROM django_session WHERE {_OLD_SESSION}", _key())[0][0])
    current = f".{vault.ring().current.id.hex()}"
    found["files"] = sum(1 for name in private_files.names() if _lies_elsewhere(name, current))
    return found


def _lies_elsewhere(name: str, current: str) -> bool:
    return not all(path.endswith(current) for path in private_files.versions(name))


def keys_in_use() -> set[bytes]:
    """The keys that something stands under."""
    found = {bytes.fromhex(path.rpartition(".")[2]) for name in private_files.names()
             for path in private_files.versions(name)}  # fmt: skip
    for each in encrypted_columns():
        column, table = _quoted(each)
        statement = f"SELECT DISTINCT substring({column} FROM 2 FOR {vault.KEY_ID}) FROM {table} WHERE {column} <> ''"
        found |= {bytes(key) for (key,) in sql.rows(statement)}
    return found | {bytes(key) for (key,) in sql.rows(_KEYS_OF_SESSIONS)}


def rotate(progress: Progress) -> Outcome:
    """Bring everything under the first keys of the rings; `progress` hears of each piece: where, and how many."""
    outcome = Outcome()
    for each in encrypted_columns():
        for done in _rotate_column(each, outcome):
            progress(each.use, done)
    for done in _rotate_sessions(outcome):
        progress(sessions.PLACE, done)
    for name in private_files.names():
        try:
            renewed = private_files.renew(name)
        except (vault.Unreadable, FileNotFoundError) as error:
            outcome.unreadable.append(f"file {name}: {error}")
            continue
        if renewed:
            outcome.files += 1
            progress("files", 1)
    return outcome


_OUTDATED = """
{column} <> '' AND (substring({column} FROM 2 FOR %(key_id)s) <> %(key)s
  OR substring({column} FROM 1 FOR 1) = %(found_again)s
     AND substring({column} FROM %(at)s FOR %(search_id)s) <> %(search)s)
"""


def _where(each: EncryptedTextField) -> tuple[str, dict[str, object]]:
    values = {"key": vault.ring().current.id, "key_id": vault.KEY_ID, "found_again": vault.FOUND_AGAIN,
              "at": vault.FINGERPRINT_AT + 1, "search_id": vault.SEARCH_ID,
              "search": vault.search_ring().current.id[: vault.SEARCH_ID]}  # fmt: skip
    return _OUTDATED.format(column=_quoted(each)[0]), values


def _count(each: EncryptedTextField) -> int:
    where, values = _where(each)
    return int(sql.rows(f"SELECT count(*) FROM {_quoted(each)[1]} WHERE {where}", values)[0][0])


def _rotate_column(each: EncryptedTextField, outcome: Outcome) -> Iterator[int]:
    column, table = _quoted(each)
    key = connection.ops.quote_name(str(each.model._meta.pk.column))
    where, values = _where(each)
    last = -1
    while True:
        with transaction.atomic():
            sql.rows("SELECT set_config('trivium.rotation', 'on', true)")  # the history hears of changed values alone
            rows = sql.rows(
                f"SELECT {key}, {column} FROM {table} WHERE {where} AND {key} > %(last)s "
                f"ORDER BY {key} LIMIT {PIECE} FOR UPDATE",
                {**values, "last": last},
            )
            for row_key, stored in rows:
                try:
                    text = vault.decrypt(bytes(stored), each.use)
                except vault.Unreadable as error:
                    outcome.unreadable.append(f"{each.use} of row {row_key}: {error}")
                    continue
                renewed = vault.encrypt(text, each.use, found_by=each.found_by)
                sql.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [renewed, row_key])
                outcome.values += 1
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


_OLD_SESSION = """
CASE WHEN strpos(session_data, ':') > 0 THEN true
ELSE substring(decode(session_data, 'base64') FROM 2 FOR 8) <> %(key)s END
"""
_KEYS_OF_SESSIONS = """
SELECT DISTINCT CASE WHEN strpos(session_data, ':') = 0
THEN substring(decode(session_data, 'base64') FROM 2 FOR 8) ELSE ''::bytea END FROM django_session
"""


def _key() -> dict[str, object]:
    return {"key": vault.ring().current.id}


def _rotate_sessions(outcome: Outcome) -> Iterator[int]:
    """Sessions under the first key; those Django wrote in clear too. Who cannot be read is signed out already."""
    last = ""
    while True:
        with transaction.atomic():
            rows = sql.rows(
                f"SELECT session_key, session_data FROM django_session WHERE {_OLD_SESSION} AND session_key > %(last)s "
                f"ORDER BY session_key LIMIT {PIECE} FOR UPDATE",
                {**_key(), "last": last},
            )
            for session_key, stored in rows:
                store = sessions.SessionStore()
                try:
                    renewed = _renewed_session(store, stored)
                except vault.Unreadable as error:
                    outcome.unreadable.append(f"{sessions.PLACE} of {len(stored)} letters: {error}")
                    continue
                sql.execute(
                    "UPDATE django_session SET session_data = %s WHERE session_key = %s", [renewed, session_key]
                )
                outcome.values += 1
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


def _renewed_session(store: sessions.SessionStore, stored: str) -> str:
    if sessions.is_in_clear(stored):
        return store.encode(store.decode(stored))
    content = vault.decrypt(base64.b64decode(stored), sessions.PLACE)
    return base64.b64encode(vault.encrypt(content, sessions.PLACE)).decode()


def _quoted(each: EncryptedTextField) -> tuple[str, str]:
    name = connection.ops.quote_name
    return name(str(each.column)), name(each.model._meta.db_table)


# -- the rings this installation keeps for itself --------------------------------------------------------------------


def rings_of_its_own() -> dict[str, Path]:
    """The rings that are files of this installation, by name; those of the environment are its keeper's to change."""
    rings = {"TRIVIUM_VAULT_KEYS": settings.VAULT_KEYS, "TRIVIUM_SEARCH_KEYS": settings.SEARCH_KEYS}
    return {name: ring for name, ring in rings.items() if isinstance(ring, Path)}


def add_key(ring: Path) -> None:
    """Put a new key before the others; every running process writes with it from its next value on."""
    _write(ring, [secrets.token_urlsafe(64), *ring.read_text().split()])


def forget_keys(ring: Path, used: Sequence[bytes]) -> int:
    """Take the keys off the vault's ring that nothing stands under any more; returns how many.

    Backups made before then cannot be read without them.
    """
    texts = ring.read_text().split()
    kept = [text for place, text in enumerate(texts) if place == 0 or vault.key_id(text) in used]
    _write(ring, kept)
    return len(texts) - len(kept)


def _write(ring: Path, texts: Sequence[str]) -> None:
    """Whole or not at all, and for its owner's eyes only; a moment later than before, so that everybody notices."""
    made = ring.with_name(f"{ring.name}.{os.getpid()}")
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(made, ring)
