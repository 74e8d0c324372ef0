"""Every write of the API is carried out once per Idempotency-Key; a repetition gets the first answer, byte for byte."""

import functools
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from trivium.api.auth import Asked, idempotency_key
from trivium.api.errors import refuse
from trivium.core.errors import Refusal
from trivium.core.idempotency import Answer, run_once

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """Run a writing view once per (workspace, method, path, key), and keep what it answered.

    The view runs in a savepoint inside the key's transaction: a refusal undoes all it did, and is kept as the answer.
    Anything else that goes wrong undoes both, so that the retry simply runs.
    """

    @functools.wraps(view)
    def kept(request: Asked, **values: Any) -> HttpResponse:
        def act() -> Answer:
            try:
                with transaction.atomic():
                    response = view(request, **values)
            except Refusal as refusal:
                response = refuse(refusal)
            return Answer(response.status_code, response.content)

        answer = run_once(scope(request), idempotency_key(request), fingerprint(request), act)
        return HttpResponse(answer.body, content_type="application/json", status=answer.status)

    return kept


def scope(request: Asked) -> str:
    """Within which a key is known: the workspace, the method and the path."""
    what = hashlib.sha256(f"{request.method} {request.path}".encode()).hexdigest()[:40]
    return f"{request.auth.organization_ref}:{request.auth.role}:{what}"


def fingerprint(request: Asked) -> bytes:
    """What tells one body from another. Keyed, so that nobody can guess a body (or a password in it) from the table."""
    return hmac.digest(settings.SECRET_KEY.encode(), request.body, "sha256")
