"""The acts on tickets: a company opens, replies, ends and opens again; the operator takes, answers, asks and ends.

Whoever works in no company gives feedback as themselves: they need no right for what is theirs alone.
"""

import datetime as dt

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, clean_text
from trivium.core.events import OPERATOR, Event, publish
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.service import queries
from trivium.service.errors import TooLateToReopen
from trivium.service.events import (
    TicketAnswered,
    TicketAskedBack,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketReplied,
    TicketTaken,
)
from trivium.service.models import Ticket, TicketWord
from trivium.service.rules import (
    PAGE_TITLE,
    PERSON,
    REOPENS_FOR,
    SUBJECT,
    TEXT,
    TICKET,
    Side,
    TicketKind,
    check_kind,
    check_outcome,
    check_page,
)


@act
def open_ticket(actor: Actor, *, subject: str, text: str, kind: str, about: str = "") -> str:
    """Ask the operator for something; returns the ticket's reference. `about` is an order or a product of one's own.

    Refuses: Denied("ticket.open"), BadKind, Empty, TooLong, NotFound (about), NotAnAbout.
    """
    actor.require("ticket.open")
    check_kind(kind)
    subject = clean_text(subject, limit=SUBJECT, field="subject")
    return _open(actor, text, Ticket(kind=kind, subject=subject, about_ref=queries.about_ref(actor, about)))


@act
def give_feedback(actor: Actor, *, text: str, page: str = "", page_title: str = "") -> str:
    """Say what one thinks of a page; returns the ticket's reference, by which its writer sees what became of it.

    Who works in no company says it for themselves.
    Refuses: Denied("ticket.open"), Empty, TooLong, BadPage.
    """
    path = check_page(page)
    title = clean_text(page_title[:PAGE_TITLE], limit=PAGE_TITLE, field="page_title", required=False)
    first = clean_text(text, limit=TEXT, field="text").splitlines()[0]
    subject = first if len(first) <= SUBJECT else first[: SUBJECT - 1].rstrip() + "…"
    return _open(actor, text, Ticket(kind=TicketKind.FEEDBACK, subject=subject, page=path, page_title=title))


def _open(actor: Actor, text: str, ticket: Ticket) -> str:
    _require_asker(actor)
    words = clean_text(text, limit=TEXT, field="text")
    at = now()
    ticket.organization_id, ticket.opened_by_id = actor.organization_id, actor.user_id or 0
    ticket.role = PERSON if actor.organization_id is None else actor.role
    ticket.opened_at = ticket.changed_at = at
    ticket.save(force_insert=True)
    _say(actor, ticket, "open", Side.COMPANY, words, at)
    event = TicketOpened(subject=ticket.ref, audience=(OPERATOR,), kind=ticket.kind)
    publish(event, actor=actor, at=at)
    return ticket.ref


@act
def reply(actor: Actor, ticket_ref: str, *, text: str) -> None:
    """Write more on one's own ticket; what the operator asked back is answered by it.

    Refuses: NotFound, WrongState (closed), Empty, TooLong.
    """
    ticket, at = _lock_own(actor, ticket_ref)
    _move(actor, ticket, "reply", Side.COMPANY, clean_text(text, limit=TEXT, field="text"), at)
    publish(TicketReplied(subject=ticket.ref, audience=(OPERATOR,)), actor=actor, at=at)


@act
def take_ticket(actor: Actor, ticket_ref: str) -> None:
    """Look after a ticket from now on, in place of whoever did.

    Refuses: Denied("ticket.triage"), NotFound, WrongState (closed).
    """
    ticket, at = _lock_any(actor, ticket_ref)
    ticket.taken_by_id = actor.user_id
    _move(actor, ticket, "take", Side.OPERATOR, "", at)
    publish(TicketTaken(subject=ticket.ref, audience=_asker(ticket)), actor=actor, at=at)


@act
def answer(actor: Actor, ticket_ref: str, *, text: str, asks_back: bool = False) -> None:
    """Answer whoever asked, or ask them for what is still missing; whoever answers looks after the ticket.

    Refuses: Denied("ticket.triage"), NotFound, WrongState (closed), Empty, TooLong.
    """
    ticket, at = _lock_any(actor, ticket_ref)
    words = clean_text(text, limit=TEXT, field="text")
    ticket.taken_by_id = ticket.taken_by_id or actor.user_id
    _move(actor, ticket, "ask_back" if asks_back else "answer", Side.OPERATOR, words, at)
    told: type[Event] = TicketAskedBack if asks_back else TicketAnswered
    publish(told(subject=ticket.ref, audience=_asker(ticket)), actor=actor, at=at)


@act
def close_ticket(actor: Actor, ticket_ref: str, *, outcome: str, text: str = "") -> None:
    """End a ticket with an outcome: the operator any, the company that it is solved or no longer needed.

    Refuses: NotFound, WrongState (closed), BadOutcome, TooLong.
    """
    ticket, side = queries.lock_ticket(actor, ticket_ref), _side(actor)
    check_outcome(outcome, side)
    at = now()
    ticket.closed_at, ticket.outcome = at, outcome
    if side == Side.OPERATOR:
        ticket.taken_by_id = ticket.taken_by_id or actor.user_id
    words = clean_text(text, limit=TEXT, field="text", required=False)
    _move(actor, ticket, "close", side, words, at)
    by_operator = side == Side.OPERATOR
    audience = _asker(ticket) if by_operator else (OPERATOR,)
    closed = TicketClosed(subject=ticket.ref, audience=audience, outcome=outcome, by_operator=by_operator)
    publish(closed, actor=actor, at=at)


@act
def reopen_ticket(actor: Actor, ticket_ref: str, *, text: str) -> None:
    """Say that it was not over after all, within a fortnight; somebody has to take it anew.

    Refuses: NotFound, WrongState (not closed), TooLateToReopen, Empty, TooLong.
    """
    ticket, at, side = queries.lock_ticket(actor, ticket_ref), now(), _side(actor)
    if ticket.closed_at is not None and at >= ticket.closed_at + REOPENS_FOR:
        raise TooLateToReopen(days=REOPENS_FOR.days)
    words = clean_text(text, limit=TEXT, field="text")
    ticket.closed_at, ticket.outcome, ticket.taken_by_id = None, "", None
    _move(actor, ticket, "reopen", side, words, at)
    audience = _asker(ticket) if side == Side.OPERATOR else (OPERATOR,)
    publish(TicketReopened(subject=ticket.ref, audience=audience), actor=actor, at=at)


# -- small steps -----------------------------------------------------------------------------------------------------


def _side(actor: Actor) -> Side:
    """On which side of a ticket an actor speaks.

    Refuses: Denied.
    """
    if not actor.is_role("operator"):
        _require_asker(actor)
        return Side.COMPANY
    _require_triage(actor)
    return Side.OPERATOR


def _require_asker(actor: Actor) -> None:
    """Whether the actor can ask: a person for themselves, somebody at a company with the right to."""
    if actor.user_id is None or (actor.organization_id is not None and not actor.may("ticket.open")):
        raise Denied(permission="ticket.open")


def _require_triage(actor: Actor) -> None:
    actor.require("ticket.triage")
    if actor.user_id is None:
        raise Denied(permission="ticket.triage")


def _lock_own(actor: Actor, ref: str) -> tuple[Ticket, dt.datetime]:
    _require_asker(actor)
    ticket = queries.lock_ticket(actor, ref)
    if ticket.organization_id != actor.organization_id:
        raise Denied(permission="ticket.open")  # the operator answers others' tickets, it does not reply in their name
    return ticket, now()


def _lock_any(actor: Actor, ref: str) -> tuple[Ticket, dt.datetime]:
    _require_triage(actor)
    return queries.lock_ticket(actor, ref), now()


def _move(actor: Actor, ticket: Ticket, step: str, side: Side, text: str, at: dt.datetime) -> None:
    """The next state of the ticket, and the word that brought it there."""
    ticket.state, ticket.changed_at = TICKET.next(ticket.state, step), at
    ticket.save(update_fields=["state", "taken_by", "changed_at", "closed_at", "outcome"])
    _say(actor, ticket, step, side, text, at)


def _say(actor: Actor, ticket: Ticket, step: str, side: Side, text: str, at: dt.datetime) -> None:
    said = TicketWord(ticket=ticket, act=step, side=side, text=text, state=ticket.state, at=at)
    said.by_id = actor.user_id or 0
    said.save(force_insert=True)


def _asker(ticket: Ticket) -> tuple[str, ...]:
    """Who is told of what the operator does: the company whose ticket it is, or the person."""
    if ticket.organization_id is None:
        return (ticket.opened_by.ref,)
    return (parties.names_of([ticket.organization_id])[ticket.organization_id].ref,)
