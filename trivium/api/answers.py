"""How answers are written, and how a route declares what it answers."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from trivium.api.errors import BadCharacter, BadJson
from trivium.api.v1.shapes import Problem
from trivium.core.documents import MEDIA_TYPE, Document
from trivium.core.idempotency import MAX_KEY
from trivium.core.money import exponent, to_text
from trivium.core.quantity import plain

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(float_hook=Decimal).decode

_REFUSALS = {
    400: Problem,
    401: Problem,
    403: Problem,
    404: Problem,
    405: Problem,
    409: Problem,
    411: Problem,
    413: Problem,
    422: Problem,
    429: Problem,
    500: Problem,
    503: Problem,
}
_OF_READS = {status: shape for status, shape in _REFUSALS.items() if status not in (400, 409, 411, 413)}
CALENDAR = "text/calendar"
KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[ -~]+$"},
    "description": "Your own name for this write. Repeated with the same body it changes nothing and gives the "
    "same answer; with another body it is refused (422); while the first is under way it is refused (409).",
}


def reads(shape: Any) -> dict[str, Any]:
    """The declaration of a route that reads."""
    return {"response": {200: shape, **_OF_READS}}


def writes(shape: Any, status: int = 200) -> dict[str, Any]:
    """The declaration of a route that writes."""
    return {
        "response": {status: shape, **_REFUSALS},
        "openapi_extra": {"parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}]},
    }


def answer(data: Any, status: int = 200) -> HttpResponse:
    """What a route answers: plain data as JSON, decimals as numbers, times in ISO 8601."""
    return HttpResponse(_encode(data), content_type="application/json", status=status)


def draws(kind: str, media_type: str = MEDIA_TYPE) -> dict[str, Any]:
    """The declaration of a route that hands out a file."""
    shown = {"description": kind, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    return {**reads(bytes), "openapi_extra": {"responses": {200: shown}}}


def pdf(document: Document) -> HttpResponse:
    """A document that was drawn, as a file."""
    response = HttpResponse(document.body, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{document.name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def calendar(text: str, name: str) -> HttpResponse:
    """A meeting as a file that calendars take in."""
    response = HttpResponse(text, content_type=f"{CALENDAR}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def amount(minor: int | None, currency: str) -> str | None:
    """Minor units as programs read them: "1017.99"."""
    return None if minor is None else to_text(minor, currency)


def amounts(figures: Mapping[str, int], currency: str) -> dict[str, str]:
    """Figures by name, as programs read them."""
    return {name: to_text(minor, currency) for name, minor in figures.items()}


@lru_cache(maxsize=4096)
def unit_price(price: Decimal, currency: str) -> str:
    """A price of one unit, with at least the currency's places: "95.00", "0.125"."""
    whole, _dot, places = f"{price:f}".partition(".")
    places = places.rstrip("0").ljust(exponent(currency), "0")
    return f"{whole}.{places}" if places else whole


def quantities(row: Mapping[str, Any], *names: str) -> dict[str, int | Decimal]:
    """Quantities of a row, as programs read them: whole ones as integers."""
    return {name: plain(row[name]) for name in names}


class StrictParser(Parser):
    """Reads JSON without NaN, infinities and floats: 0.1 is exactly one tenth."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain data.

        Refuses: BadJson, BadCharacter.
        """
        try:
            data = _decode(request.body)
        except (
            msgspec.DecodeError,
            ArithmeticError,
            RecursionError,
            UnicodeDecodeError,
            ValueError,
        ) as error:
            raise BadJson() from error
        if b"\\u0000" in request.body and (path := _nul_in(data)) is not None:
            raise BadCharacter(field=path)
        return data

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """The query as plain data.

        Refuses: BadCharacter.
        """
        found = super().parse_querydict(data, list_fields, request)
        if (path := _nul_in(found)) is not None:
            raise BadCharacter(field=path)
        return found


def _nul_in(data: Any, path: str = "") -> str | None:
    """Where the first text stands that holds a NUL, which no database keeps."""
    if isinstance(data, str):
        return path if "\x00" in data else None
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in parts:
        if "\x00" in str(name):
            return path
        found = _nul_in(value, f"{path}.{name}" if path else str(name))
        if found is not None:
            return found
    return None
