"""Private papers: files that only the program can read. Their content is encrypted, their names say nothing.

They lie under private/ of the default storage and are served by no address: a door asks its context, which knows
who may, and the context reads here. An act writes the file before its row and the row names it in a
`PrivateFileField`; what no row has named for a day is swept away.
"""

import datetime as dt
import secrets
from collections.abc import Iterator

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from trivium.core import vault
from trivium.core.fields import PrivateFileField
from trivium.core.time import now

FOLDER = "private"
NAME_LENGTH = 40
UNNAMED_FOR = dt.timedelta(days=1)
AT_ONCE = 1000


def keep(content: bytes) -> str:
    """Store a content; returns the name under which it is read again."""
    name = secrets.token_hex(NAME_LENGTH // 2)
    _write(name, content)
    return name


def read(name: str) -> bytes:
    """The content that was stored under a name. Raises FileNotFoundError, or Unreadable where it was changed."""
    damage: vault.Unreadable | None = None
    for key in vault.ring().keys:
        path = _path(name, key)
        if default_storage.exists(path):
            with default_storage.open(path) as file:
                try:
                    return vault.decrypt(file.read(), f"file:{name}")
                except vault.Unreadable as error:  # half-written by a rotation that was killed: an older one is whole
                    damage = error
    raise damage or FileNotFoundError(name)


def forget(name: str) -> None:
    """Delete a content under whichever key it is."""
    for path in versions(name):
        default_storage.delete(path)


def renew(name: str) -> bool:
    """Bring a file under the current key; returns whether there was anything to do.

    The new one is whole before the old one goes, so a kill at any moment loses nothing.
    """
    current = _path(name, vault.ring().current)
    if versions(name) == [current]:
        return False
    content = read(name)
    default_storage.delete(current)
    _write(name, content)
    for path in versions(name):
        if path != current:
            default_storage.delete(path)
    return True


def names() -> Iterator[str]:
    """The name of every private file there is."""
    for folder in _listed(FOLDER)[0]:
        yield from sorted({entry.partition(".")[0] for entry in _listed(f"{FOLDER}/{folder}")[1]})


def forget_unnamed() -> int:
    """Delete what no row has named for a day: an act that was undone, a paper that was replaced. Returns how many."""
    fields = [each for model in apps.get_models() for each in model._meta.local_concrete_fields]
    columns = [each for each in fields if isinstance(each, PrivateFileField)]
    gone, lying = 0, [name for name in names() if _is_old(name)]
    for start in range(0, len(lying), AT_ONCE):
        old = set(lying[start : start + AT_ONCE])
        for each in columns:
            named = each.model._base_manager.filter(**{f"{each.name}__in": old})
            old -= set(named.values_list(each.name, flat=True))
        for name in old:
            forget(name)
        gone += len(old)
    return gone


def _is_old(name: str) -> bool:
    return all(now() - default_storage.get_modified_time(path) > UNNAMED_FOR for path in versions(name))


def versions(name: str) -> list[str]:
    """The paths under which a name lies: one, and two while a rotation is at it."""
    folder = f"{FOLDER}/{name[:2]}"
    return [f"{folder}/{entry}" for entry in sorted(_listed(folder)[1]) if entry.startswith(f"{name}.")]


def _write(name: str, content: bytes) -> None:
    stored = vault.encrypt(content, f"file:{name}")
    default_storage.save(_path(name, vault.ring().current), ContentFile(stored))


def _path(name: str, key: vault.Key) -> str:
    return f"{FOLDER}/{name[:2]}/{name}.{key.id.hex()}"


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
