"""Who calls: an API key opens one workspace, and the table of access says what that workspace may ask for."""

import re
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from trivium.api import access
from trivium.api.errors import LengthNeeded, TooLarge
from trivium.core import limits
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.idempotency import MAX_KEY, BadKey
from trivium.core.limits import Allowance, Limit, Pocket
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.rules import TradingTerms

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_REF = re.compile(r"[A-Za-z0-9._-]{1,60}")


class Asked(HttpRequest):
    """A request whose workspace is known, and the terms of a buyer that somebody serves."""

    auth: Actor
    terms: TradingTerms | None
    allowance: Allowance


_pocket = Pocket()


class ApiKey(HttpBearer):
    """Lets a request in by its key, once it is not one too many, the workspace and the key's scopes allow the route,
    and a write names its Idempotency-Key."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The workspace behind the key, or None; a request without a key counts as a failed one."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authenticate(request, token.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The workspace behind the key, or None. One statement; without a valid key, a second one counts the failure.

        Refuses: LengthNeeded, TooLarge, TooOften, Denied, ScopeMissing, BadKey, NotFound (a reference that cannot be
        one).
        """
        check_size(request)
        limit = Limit(settings.TRIVIUM["API_PER_MINUTE"], 60)
        whose = parties.hash_key(token[:200])
        kept = _pocket.take(whose, limit)
        opened = parties.opened_by(token[:200], now(), limits.NONE if kept else limit.in_handfuls) if token else None
        if opened is None:
            failures = Limit(settings.TRIVIUM["API_FAILURES_PER_MINUTE"], 60)
            limits.check(f"api:{limits.address_of(request.META)}", failures)
            return None
        allowance = kept or _pocket.fill(whose, opened.allowance, limit)
        request.allowance = allowance  # type: ignore[attr-defined]
        if not allowance.is_allowed:
            raise limits.TooOften(seconds=allowance.wait_s)
        actor, request.terms = opened.actor, opened.terms  # type: ignore[attr-defined]
        match = request.resolver_match
        access.check(actor, request.method or "", _path(match.route if match else ""))
        if request.method not in READS:
            idempotency_key(request)
        for what, value in match.kwargs.items() if match else ():
            if not _REF.fullmatch(str(value)):
                raise NotFound(what=what, ref=value)
        return actor


def check_size(request: HttpRequest) -> None:
    """Whether the body says how long it is, and is small enough to be read.

    Refuses: LengthNeeded, TooLarge.
    """
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthNeeded()
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if limit is not None and (not length.isdecimal() or int(length) > limit):
        raise TooLarge(limit=limit)


def idempotency_key(request: HttpRequest) -> str:
    """The key a write is known by.

    Refuses: BadKey, when it is missing, too long or not printable.
    """
    key = str(request.headers.get("Idempotency-Key", ""))
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadKey(limit=MAX_KEY, field="Idempotency-Key")
    return key


@lru_cache(maxsize=500)
def _path(route: str) -> str:
    """A route as the table of access writes it: "api/v1/orders/<ref>" is "/orders/{ref}"."""
    return route.partition("v1")[2].replace("<", "{").replace(">", "}")
