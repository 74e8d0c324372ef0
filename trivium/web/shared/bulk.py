"""Acts on many rows of a list: each row its own act in its own transaction, and an account of which went and which not.

A double click is answered like that of any form: every row has a key of its own, so what went is not done again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import TypeVar

from django.http import HttpResponse, HttpResponseNotAllowed

from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.idempotency import Answer
from trivium.web.errors import NothingChosen, TooManyChosen
from trivium.web.shared.acting import check_characters, once, page_of
from trivium.web.shared.forms import Refused
from trivium.web.shared.refusals import text_of
from trivium.web.shared.workspace import WorkspaceRequest

MOST = 100
T = TypeVar("T")
Names = Callable[[Actor, Sequence[str]], Mapping[str, tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows: (name, url) of those that went, (name, url, why not) of the others."""

    went: Sequence[tuple[str, str]]
    refused: Sequence[tuple[str, str, str]]


def bulk(
    read: Callable[[WorkspaceRequest], T], names: Names
) -> Callable[[Callable[[WorkspaceRequest, str, T], None]], Callable[[WorkspaceRequest], HttpResponse]]:
    """An act on every chosen row. `read` reads what is asked once for all; `names` says what the rows are called.

    What cannot be read is refused at its field, before anything is done; what one row refuses stops no other.
    """

    def made(one: Callable[[WorkspaceRequest, str, T], None]) -> Callable[[WorkspaceRequest], HttpResponse]:
        @wraps(one)
        def carry_out(request: WorkspaceRequest) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            here = page_of(request)
            try:
                check_characters(request)
                items, asked = _items(request), read(request)
            except Refusal as refusal:
                return here.again(request, refusal)
            went, refused = _each(request, items, lambda item: one(request, item, asked))
            called = names(request.actor, items)
            request.outcome = Outcome(  # type: ignore[attr-defined]
                [called.get(item, (item, "")) for item in went],
                [(*called.get(item, (item, "")), why) for item, why in refused],
            )
            return here.shown(request, Refused("bulk-done", {}, None, 200))

        return carry_out

    return made


def nothing_asked(_request: WorkspaceRequest) -> None:
    """For acts that ask nothing but which rows."""


def _items(request: WorkspaceRequest) -> list[str]:
    items = list(dict.fromkeys(each[:40] for each in request.POST.getlist("item")))
    if not items:
        raise NothingChosen(field="item")
    if len(items) > MOST:
        raise TooManyChosen(most=MOST, field="item")
    return items


def _each(
    request: WorkspaceRequest, items: Sequence[str], do: Callable[[str], None]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Carry it out for each, once per form and row."""
    went, refused = [], []
    shared = [(name, values) for name, values in request.POST.lists() if name != "item"]

    def answer(item: str) -> Answer:
        do(item)
        return Answer(204, b"")

    for item in items:
        key = f"{request.POST.get('key', '')[:36]}.{item}"
        try:
            once(request, key, shared, partial(answer, item))
            went.append(item)
        except Refusal as refusal:
            refused.append((item, text_of(refusal)))
    return went, refused
