"""Reads of tickets: a company its own, a person in no company theirs, the operator all."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.ids import number_of
from trivium.core.lists import Found, Wanted, cut
from trivium.core.time import now
from trivium.core.waiting import Waiting
from trivium.ordering import queries as orders
from trivium.parties import queries as parties
from trivium.service.errors import NotAnAbout
from trivium.service.models import Ticket, TicketWord, ticket_number
from trivium.service.rules import REOPENS_FOR, VISITOR, State


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as lists show it. `taken_by` is the name of whoever looks after it.

    `company` is empty if its writer asked for themselves, in the role PERSON, or was not signed in, in the role
    VISITOR; of these `address` is the mail address, for the operator alone.
    """

    id: int
    ref: str
    number: str
    kind: str
    subject: str
    state: str
    outcome: str
    company: str
    role: str
    opened_by: str
    opened_at: dt.datetime
    taken_by: str
    changed_at: dt.datetime
    closed_at: dt.datetime | None
    about_ref: str
    page: str
    page_title: str
    address: str

    @property
    def reopens_until(self) -> dt.datetime | None:
        """Until when a closed one can be opened again."""
        return self.closed_at + REOPENS_FOR if self.closed_at else None


@dataclass(frozen=True, slots=True)
class Word:
    """One thing said or done on a ticket."""

    act: str
    side: str
    by: str
    text: str
    state: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class About:
    """What a ticket is about, as this reader may see it: an order by its number, a product by its name."""

    kind: str
    ref: str
    words: str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with all that was said on it."""

    row: TicketRow
    words: Sequence[Word]
    about: About | None
    may_reopen: bool


_COLUMNS = (
    "id", "ref", "kind", "subject", "state", "outcome", "organization__name", "role", "opened_by__name", "opened_at",
    "taken_by__name", "changed_at", "closed_at", "about_ref", "page", "page_title",
    "address",
)  # fmt: skip
_SORTS = {"opened": "opened_at", "changed": "changed_at", "company": "organization__name", "state": "state"}


def _rows(found: object) -> list[TicketRow]:
    return [
        TicketRow(*(*row[:2], ticket_number(row[0]), *row[2:6], row[6] or "", row[7], row[8] or "", row[9],
                    row[10] or "", *row[11:-1], row[-1] or ""))
        for row in found.values_list(*_COLUMNS)  # type: ignore[attr-defined]
    ]  # fmt: skip


def tickets(actor: Actor, *, before_id: int | None = None, limit: int = 24) -> list[TicketRow]:
    """The tickets this workspace may see, newest first. One statement."""
    found = Ticket.objects.visible_to(actor).order_by("-id")
    return _rows((found.filter(pk__lt=before_id) if before_id is not None else found)[:limit])


def ticket_list(actor: Actor, wanted: Wanted) -> Found:
    """The same as a list. Filters: state ("waiting" is all that is not closed), kind, mine. Two statements."""
    found = Ticket.objects.visible_to(actor)
    state, kind = wanted.filters.get("state"), wanted.filters.get("kind")
    if state == "waiting":
        found = found.exclude(state=State.ENDED)
    elif state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if wanted.filters.get("mine"):
        found = found.filter(Q(opened_by_id=actor.user_id) | Q(taken_by_id=actor.user_id))
    if wanted.text:
        text = Q(subject__icontains=wanted.text) | Q(pk=number_of(wanted.text, "T"))
        if actor.is_role("operator"):
            text |= Q(organization__name__icontains=wanted.text)
            text |= Q(organization=None, opened_by__name__icontains=wanted.text)
        found = found.filter(text)
    rows, count, is_more = cut(found, wanted, _SORTS)
    return Found(_rows(rows), count, is_more)


def get_ticket(actor: Actor, ref: str) -> TicketPage:
    """A ticket with its conversation, oldest word first. Two statements, one more if it is about something.

    Refuses: NotFound.
    """
    found = _rows(Ticket.objects.visible_to(actor).filter(ref=ref)[:1])
    if not found:
        raise NotFound(what="ticket", ref=ref)
    return _page(found[0], _about(actor, found[0].about_ref))


def get_visited(token: str) -> TicketPage:
    """The ticket that the link of whoever was not signed in opens. Two statements.

    Refuses: NotFound.
    """
    found = _rows(Ticket.objects.filter(role=VISITOR, link_hash=parties.hash_token(token))[:1])
    if not found:
        raise NotFound(what="ticket", ref=token[:8])
    return _page(found[0], None)


def _page(row: TicketRow, about: About | None) -> TicketPage:
    said = TicketWord.objects.filter(ticket_id=row.id).order_by("id")
    names = ("act", "side", "by__name", "text", "state", "at")
    words = tuple(Word(act, side, by or "", *rest) for act, side, by, *rest in said.values_list(*names))
    until = row.reopens_until
    return TicketPage(row, words, about, until is not None and now() < until)


@dataclass(frozen=True, slots=True)
class VisitorLetter:
    """What a mail to whoever was not signed in says, and to whom; the link's secret with it."""

    email: str
    locale: str
    number: str
    what: str
    token: str


def visitor_letter(ref: str, what: str) -> VisitorLetter | None:
    """The mail to whoever gave feedback without signing in, for the platform's own jobs; None if it was forgotten."""
    found = Ticket.objects.filter(ref=ref, address__isnull=False).values_list("address", "locale", "id").first()
    if found is None:
        return None
    email, locale, key = found
    return VisitorLetter(email, locale, ticket_number(key), what, visitor_token(ref))


def visitor_token(ref: str) -> str:
    """The secret of the link to a visitor's ticket, made anew for each mail."""
    return parties.link_token("ticket", ref)


def lock_visited(token: str) -> Ticket:
    """The ticket that a visitor's link opens, locked for an act on it.

    Refuses: NotFound.
    """
    locked: list[Ticket] = list(Ticket.objects.filter(role=VISITOR, link_hash=parties.hash_token(token)).locked())
    if not locked:
        raise NotFound(what="ticket", ref=token[:8])
    return locked[0]


def said_for_themselves(actor: Actor) -> list[dict[str, Any]]:
    """All tickets of the person behind the actor that are no company's, with every word on them, as plain data: what a
    person takes along of them. Two statements.
    """
    names = ("ref", "kind", "subject", "state", "outcome", "opened_at", "closed_at", "page", "page_title")
    own = Ticket.objects.filter(organization=None, opened_by_id=actor.user_id or 0)
    said: dict[str, list[dict[str, Any]]] = {}
    words = TicketWord.objects.filter(ticket__in=own).order_by("id")
    for ref, *word in words.values_list("ticket__ref", "at", "side", "act", "text"):
        said.setdefault(ref, []).append(dict(zip(("at", "side", "act", "text"), word, strict=True)))
    return [{**row, "said": said.get(row["ref"], [])} for row in own.order_by("id").values(*names)]


def lock_ticket(actor: Actor, ref: str) -> Ticket:
    """A ticket of this workspace, locked for an act on it.

    Refuses: NotFound.
    """
    locked: list[Ticket] = list(Ticket.objects.visible_to(actor).filter(ref=ref).locked())
    if not locked:
        raise NotFound(what="ticket", ref=ref)
    return locked[0]


def ticket_numbers(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """The numbers of visible tickets by reference. One statement."""
    found = Ticket.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "id")
    return {ref: ticket_number(key) for ref, key in found}


def _waiting_tickets(actor: Actor) -> list[Any]:
    state = State.OPEN if actor.is_role("operator") else State.ASKED
    return [Ticket.objects.visible_to(actor).filter(state=state)]


TICKETS_WAITING = Waiting(_waiting_tickets, needs="ticket.open")
"""The tickets that wait for a side: for the operator what is open, for a company what it was asked back."""


def about_ref(actor: Actor, given: str) -> str:
    """The reference of what a ticket shall be about: an order or a product this workspace may see.

    Refuses: NotFound (also another's), NotAnAbout.
    """
    text = given.strip()
    if not text:
        return ""
    try:
        if text.lower().startswith(("ord_", "o-")):
            return orders.order_ref_of(actor, text)
        if text.startswith("prd_"):
            return catalog.get_product(actor, text).product.ref
    except NotFound as refusal:
        raise NotFound(what=str(refusal.params["what"]), ref=text, field="about") from None
    raise NotAnAbout(field="about")


def _about(actor: Actor, ref: str) -> About | None:
    """What it is about, if the reader may still see that."""
    if ref.startswith("ord_"):
        number = orders.numbers_of(actor, [ref]).get(ref)
        return About("order", ref, number) if number else None
    try:
        return About("product", ref, catalog.get_product(actor, ref).product.name) if ref else None
    except NotFound:
        return None
