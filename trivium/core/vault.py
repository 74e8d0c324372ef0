"""The vault: what no dump of the database or copy of the files may show is encrypted here, under keys that change.

AES-256-GCM from `cryptography`. What is stored says which key opens it, so keys can be changed one at a time:
the first key of a ring is written with, all of them are read with. A text that has to be found again carries a
fingerprint beside it: HMAC under a key of its own, which tells whether two are the same and nothing else.

    mark (1) · key (8) · fingerprint (20, only behind the second mark) · nonce (12) · ciphertext and tag
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

PLAIN, FOUND_AGAIN = b"\x01", b"\x02"
KEY_ID, SEARCH_ID, HASH, NONCE = 8, 4, 16, 12
FINGERPRINT = SEARCH_ID + HASH
FINGERPRINT_AT = 1 + KEY_ID
SHORTEST_KEY = 32


class Unreadable(Exception):
    """What was stored cannot be opened: its key is not on the ring, or somebody changed it. Never a person's fault."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a ring: 32 bytes made of its text, and the name of those bytes."""

    id: bytes
    content: bytes


class Ring:
    """Keys, the newest first."""

    def __init__(self, texts: tuple[str, ...], use: str) -> None:
        self.keys = tuple(_key(text, use) for text in texts)
        self.current = self.keys[0]
        self.by_id = {key.id: key for key in self.keys}


def _key(text: str, use: str) -> Key:
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"a key of the vault has at least {SHORTEST_KEY} characters")
    content = hashlib.sha256(f"trivium {use}:{text}".encode()).digest()
    return Key(hashlib.sha256(content).digest()[:KEY_ID], content)


def key_id(text: str) -> bytes:
    """The name under which a key of the vault's ring stands before what it encrypted."""
    return _key(text, "vault").id


def ring() -> Ring:
    """The keys that encrypt: those of TRIVIUM_VAULT_KEYS, else the ones this installation made for itself."""
    return _read(settings.VAULT_KEYS, "vault")


def search_ring() -> Ring:
    """The keys of fingerprints, likewise: TRIVIUM_SEARCH_KEYS."""
    return _read(settings.SEARCH_KEYS, "search")


def _read(source: str | Path, use: str) -> Ring:
    if isinstance(source, str):
        return _made(source, use)
    return _made_of_file(source, os.stat(source).st_mtime_ns, use)


@lru_cache(maxsize=8)
def _made(texts: str, use: str) -> Ring:
    return Ring(tuple(texts.replace(",", " ").split()), use)


@lru_cache(maxsize=8)
def _made_of_file(path: Path, changed: int, use: str) -> Ring:
    """The ring in a file; `changed` makes every process read it anew once a key has been added."""
    return Ring(tuple(path.read_text().split()), use)


def encrypt(content: bytes, use: str, *, found_by: str | None = None) -> bytes:
    """What may be stored in place of a content; `use` binds it to where it is stored and opens it nowhere else.

    With `found_by`, the fingerprint of the content for that purpose stands before it.
    """
    key, nonce = ring().current, secrets.token_bytes(NONCE)
    head = PLAIN + key.id if found_by is None else FOUND_AGAIN + key.id + fingerprints(content, found_by)[0]
    return head + nonce + AESGCM(key.content).encrypt(nonce, content, use.encode() + head)


def decrypt(stored: bytes, use: str) -> bytes:
    """What was encrypted for this use. Raises Unreadable: wrong key, wrong place, or changed by as little as a bit."""
    begins = FINGERPRINT_AT + (FINGERPRINT if stored[:1] == FOUND_AGAIN else 0)
    head, nonce, rest = stored[:begins], stored[begins : begins + NONCE], stored[begins + NONCE :]
    key = ring().by_id.get(head[1 : 1 + KEY_ID])
    if head[:1] not in (PLAIN, FOUND_AGAIN) or len(nonce) < NONCE:
        raise Unreadable(f"{use}: this was not encrypted by the vault")
    if key is None:
        raise Unreadable(f"{use}: its key {head[1 : 1 + KEY_ID].hex()} is not among TRIVIUM_VAULT_KEYS")
    try:
        return AESGCM(key.content).decrypt(nonce, rest, use.encode() + head)
    except InvalidTag as error:
        raise Unreadable(f"{use}: it was changed, or belongs elsewhere") from error


def fingerprints(content: bytes, purpose: str) -> list[bytes]:
    """How a content is found again, under every search key, the one written with first."""
    return [
        key.id[:SEARCH_ID] + hmac.digest(key.content, purpose.encode() + b"\x00" + content, "sha256")[:HASH]
        for key in search_ring().keys
    ]


def is_current(stored: bytes) -> bool:
    """Whether it is under the keys that are written with now."""
    found = stored[FINGERPRINT_AT : FINGERPRINT_AT + SEARCH_ID]
    is_found = stored[:1] != FOUND_AGAIN or found == search_ring().current.id[:SEARCH_ID]
    return stored[1 : 1 + KEY_ID] == ring().current.id and is_found


def last_four(text: str) -> str:
    """A number as it may be shown to those who need to recognize it: "•••• 4321"; short ones not at all."""
    return f"•••• {text[-4:]}" if len(text) >= 8 else "••••"
