"""One shape for everything the API refuses, in the reader's language and with a status by its kind."""

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from trivium.core.errors import Refusal
from trivium.core.fields import translate
from trivium.core.i18n import gettext_noop as _

log = logging.getLogger("trivium.api")

STATUS = {"invalid": 422, "not_found": 404, "denied": 403, "conflict": 409, "too_often": 429, "unavailable": 503}


class DoorRefusal(Refusal):
    """What the door itself refuses, before anything is asked of the house."""

    status = 422


class NotSignedIn(DoorRefusal):
    code = "request.not_signed_in"
    message = _("Send a valid API key of your workspace: Authorization: Bearer tvm_….")
    status = 401


class ScopeMissing(DoorRefusal):
    code = "request.scope_missing"
    message = _("This key does not have the scope %(scope)s. Use a key that has it; scopes are chosen when it is made.")
    status = 403


class NoSuchRoute(DoorRefusal):
    code = "request.no_such_route"
    message = _("There is nothing at this address. The reference lists every address.")
    status = 404


class WrongMethod(DoorRefusal):
    code = "request.wrong_method"
    message = _("This address does not take %(method)s. It takes: %(allowed)s.")
    status = 405


class TooLarge(DoorRefusal):
    code = "request.too_large"
    message = _("This request is too large: a body may have %(limit)s bytes. Send it in parts.")
    status = 413


class LengthNeeded(DoorRefusal):
    code = "request.length_needed"
    message = _("Say how long the body is (Content-Length); one sent in chunks is not read.")
    status = 411


class BadJson(DoorRefusal):
    code = "request.bad_json"
    message = _("The body is not readable JSON in UTF-8.")
    status = 400


class BadCursor(DoorRefusal):
    code = "request.bad_cursor"
    message = _("This cursor was not given by this list. Start again without one.")


class Missing(DoorRefusal):
    code = "request.missing"
    message = _("This has to be given.")


class UnknownField(DoorRefusal):
    code = "request.unknown_field"
    message = _("This field is not known here. Check its spelling.")


class TextTooLong(DoorRefusal):
    code = "request.too_long"
    message = _("This is longer than the %(limit)s that fit here.")


class TooShort(DoorRefusal):
    code = "request.too_short"
    message = _("This needs at least %(limit)s.")


class NoChoice(DoorRefusal):
    code = "request.no_choice"
    message = _("Choose one of: %(known)s.")


class WrongType(DoorRefusal):
    code = "request.wrong_type"
    message = _("A value of another type belongs here (%(type)s).")


class BadValue(DoorRefusal):
    code = "request.bad_value"
    message = _("This value cannot be used here. The reference says what can.")


class BadCharacter(DoorRefusal):
    code = "request.bad_character"
    message = _(
        "This text holds a character that cannot be stored. Write it again without control characters."
    )


class Busy(DoorRefusal):
    code = "request.busy"
    message = _("This cannot be answered at the moment. Send it again, with the same Idempotency-Key.")
    status = 503


class Unexpected(DoorRefusal):
    code = "request.unexpected"
    message = _("Something went wrong on our side, and nothing was changed. We have been told.")
    status = 500


def refuse(refusal: Refusal, field: str | None = None) -> HttpResponse:
    """A refusal as its reader gets it."""
    status = getattr(refusal, "status", None) or STATUS[refusal.kind]
    body = {
        "error": {
            "code": refusal.code,
            "message": text(refusal),
            "field": field or refusal.field,
            "doc": f"docs/reference/errors.md#{refusal.code}",
            **({"remedy_ref": refusal.remedy_ref} if refusal.remedy_ref else {}),
        }
    }
    response = HttpResponse(msgspec.json.encode(body), content_type="application/json", status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 429:
        response["Retry-After"] = str(refusal.params["seconds"])
    return response


def text(refusal: Refusal) -> str:
    """A refusal's sentence in the reader's language."""
    language = get_language() or "en"
    given = refusal.params.items()
    params = {name: translate(its, language) if isinstance(its, Mapping) else its for name, its in given}
    if isinstance(what := params.get("what"), str):
        params["what"] = gettext(what)
    for name in refusal.amounts:
        amount = params[name]
        digits = f"{amount.normalize():f}" if isinstance(amount, Decimal) else amount
        params[name] = f"{digits} {params['currency']}"
    return gettext(refusal.message) % params


def of_validation(errors: Sequence[Mapping[str, Any]]) -> tuple[Refusal, str]:
    """The first thing found wrong with a request, and the path of its field: "lines.0.quantity"."""
    error = errors[0]
    source, *path = error["loc"]
    field = ".".join(str(part) for part in (path[1:] if source == "body" else path))
    context = error.get("ctx") or {}
    kind = str(error["type"])
    if isinstance(refusal := context.get("refusal"), Refusal):
        return refusal, field
    if kind == "missing":
        return Missing(), field
    if kind == "extra_forbidden":
        return UnknownField(), field
    if kind.endswith("too_long"):
        return TextTooLong(limit=context["max_length"]), field
    if kind.endswith("too_short"):
        return TooShort(limit=context["min_length"]), field
    if kind in ("enum", "literal_error"):
        return NoChoice(known=str(context["expected"]).replace("'", "").replace(" or ", ", ")), field
    if kind.endswith(("_type", "_parsing", "_from_float")):
        return WrongType(type=kind.removesuffix("_type").removesuffix("_parsing").replace("_", " ")), field
    return BadValue(), field


def teach(api: NinjaAPI) -> None:
    """Let an API answer every exception in the one shape."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return refuse(error)

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        return refuse(*of_validation(error.errors))

    def by_status(request: HttpRequest, error: Any) -> HttpResponse:
        if isinstance(error, AuthenticationError):
            return refuse(NotSignedIn())
        cause = error.__cause__
        return refuse(cause if isinstance(cause, Refusal) else BadJson())

    def busy(request: HttpRequest, error: Any) -> HttpResponse:
        log.warning("%s %s: %s", request.method, request.path, type(error.__cause__ or error).__name__)
        return refuse(Busy())

    def unexpected(request: HttpRequest, error: Any) -> HttpResponse:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return refuse(Unexpected())

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, by_status)
    api.add_exception_handler(OperationalError, busy)
    api.add_exception_handler(Exception, unexpected)
