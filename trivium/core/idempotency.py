"""A retried request changes nothing the second time: the first answer is kept and given again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from trivium.core import sql, vault
from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _
from trivium.core.time import now

MAX_KEY = 80
PLACE = "core_idempotencyrecord.body"  # what is answered may name a phone: it is kept as `EncryptedTextField` does


class KeyReused(Invalid):
    code = "idempotency.reused"
    message = _("This Idempotency-Key was already used for another request. Make a new key for a new request.")


class InFlight(Conflict):
    code = "idempotency.in_flight"
    message = _("The same request is being carried out now. Wait a moment and send it again with the same key.")


class BadKey(Invalid):
    code = "idempotency.bad_key"
    message = _("Send an Idempotency-Key header of 1 to %(limit)s printable characters with every write.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a write: HTTP status and body. A `final` answer is given again on a retry."""

    status: int
    body: bytes


_BEGIN = """
SELECT pg_try_advisory_xact_lock(hashtextextended(%(scope)s::text || chr(31) || %(key)s::text, 0)),
       i.fingerprint, i.status, i.body
FROM (SELECT 1) one LEFT JOIN core_idempotencyrecord i ON i.scope = %(scope)s AND i.key = %(key)s
"""
_KEEP = """
INSERT INTO core_idempotencyrecord (scope, key, fingerprint, status, body, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (scope, key) DO NOTHING
"""


def run_once(scope: str, key: str, request: bytes, act: Callable[[], Answer]) -> Answer:
    """Carry out a write once per (scope, key) and give the same answer to every repetition.

    The key's lock, the act and the kept answer are one transaction: a crash leaves neither effect nor answer, so the
    retry simply runs. `act` may roll itself back (a refusal) and its answer is kept all the same. An exception that is
    no answer propagates and keeps nothing.

    Refuses: BadKey; KeyReused (same key, other request); InFlight (same key, still running).
    """
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadKey(limit=MAX_KEY, field="Idempotency-Key")
    fingerprint = hashlib.sha256(request).digest()
    with transaction.atomic():
        free, kept, status, body = sql.rows(_BEGIN, {"scope": scope, "key": key})[0]
        if not free:
            raise InFlight()
        if kept is not None:
            if bytes(kept) != fingerprint:
                raise KeyReused(field="Idempotency-Key")
            return Answer(status, vault.decrypt(bytes(body), PLACE) if body else b"")
        answer = act()
        kept_body = vault.encrypt(answer.body, PLACE) if answer.body else b""
        if not sql.execute(_KEEP, [scope, key, fingerprint, answer.status, kept_body, now()]):
            raise InFlight()  # another one was done between our look and our lock: ours is undone
    return answer
