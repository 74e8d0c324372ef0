"""The acts on tickets: a company opens, replies, ends and opens again; the operator takes, answers, asks and ends.

Whoever works in no company gives feedback as themselves: they need no right for what is theirs alone. Whoever is not
signed in names a mail address; the link that goes there opens what became of it, and nothing else does.
"""

import datetime as dt

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, clean_text
from trivium.core.events import OPERATOR, Event, publish
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.parties.commands import check_mail
from trivium.parties.rules import Kept, days_kept
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
    VisitorTold,
)
from trivium.service.models import Ticket, TicketWord
from trivium.service.rules import (
    PAGE_TITLE,
    PERSON,
    REOPENS_FOR,
    SUBJECT,
    TEXT,
    TICKET,
    VISITOR,
    Side,
    State,
    TicketKind,
    check_kind,
    check_outcome,
    check_page,
)

NOBODY = Actor(None, "", None, "", VISITOR)
"""Whoever is not signed in: no right, and no company."""
BATCH = 500


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
    return _open(actor, text, _feedback(text, page, page_title))


@act
def give_feedback_unknown(*, email: str, text: str, page: str = "", page_title: str = "", locale: str = "") -> str:
    """Say what one thinks of a page without being signed in; returns the ticket's reference. A link goes by mail.

    Whoever has a sign-in under this mail address is told no different: nobody looks.
    Refuses: BadMail, Empty, TooLong, BadPage.
    """
    address, ticket = check_mail(email), _feedback(text, page, page_title)
    ticket.address, ticket.role = address, VISITOR
    ticket.locale = locale if locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    ticket.link_hash = parties.hash_token(queries.visitor_token(ticket.ref))
    return _begin(NOBODY, text, ticket)


def _feedback(text: str, page: str, page_title: str) -> Ticket:
    path = check_page(page)
    title = clean_text(page_title[:PAGE_TITLE], limit=PAGE_TITLE, field="page_title", required=False)
    first = clean_text(text, limit=TEXT, field="text").splitlines()[0]
    subject = first if len(first) <= SUBJECT else first[: SUBJECT - 1].rstrip() + "…"
    return Ticket(kind=TicketKind.FEEDBACK, subject=subject, page=path, page_title=title)


def _open(actor: Actor, text: str, ticket: Ticket) -> str:
    _require_asker(actor)
    ticket.organization_id, ticket.opened_by_id = actor.organization_id, actor.user_id
    ticket.role = PERSON if actor.organization_id is None else actor.role
    return _begin(actor, text, ticket)


def _begin(actor: Actor, text: str, ticket: Ticket) -> str:
    words = clean_text(text, limit=TEXT, field="text")
    at = now()
    ticket.opened_at = ticket.changed_at = at
    ticket.save(force_insert=True)
    word = _say(actor, ticket, "open", Side.COMPANY, words, at)
    event = TicketOpened(subject=ticket.ref, audience=(OPERATOR,), kind=ticket.kind)
    publish(event, *_letter(ticket, "opened", word), actor=actor, at=at)
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
def reply_unknown(token: str, *, text: str) -> None:
    """Write more on the ticket that a visitor's link opens; a closed one is open again by it, within a fortnight.

    Refuses: NotFound, TooLateToReopen, Empty, TooLong.
    """
    ticket, at = queries.lock_visited(token), now()
    words = clean_text(text, limit=TEXT, field="text")
    if ticket.state == State.ENDED:
        _open_again(NOBODY, ticket, Side.COMPANY, words, at)
        publish(TicketReopened(subject=ticket.ref, audience=(OPERATOR,)), actor=NOBODY, at=at)
        return
    _move(NOBODY, ticket, "reply", Side.COMPANY, words, at)
    publish(TicketReplied(subject=ticket.ref, audience=(OPERATOR,)), actor=NOBODY, at=at)


@act
def forget_visitors() -> int:
    """Forget mail address and link of feedback closed for so long that no law lets them be kept; returns of how many.

    Nobody knows which law a visitor lives under: the shortest time holds.
    """
    days = min(days_kept(parties.retention_rules(), Kept.VISITORS).values())
    over = Ticket.objects.filter(address__isnull=False, closed_at__lt=now() - dt.timedelta(days=days))
    keys = [each.pk for each in over.locked()[:BATCH]]
    return int(Ticket.objects.filter(pk__in=keys).update(address=None, link_hash=None))


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
    word = _move(actor, ticket, "ask_back" if asks_back else "answer", Side.OPERATOR, words, at)
    told: type[Event] = TicketAskedBack if asks_back else TicketAnswered
    letter = _letter(ticket, "asked" if asks_back else "answered", word)
    publish(told(subject=ticket.ref, audience=_asker(ticket)), *letter, actor=actor, at=at)


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
    word = _move(actor, ticket, "close", side, words, at)
    by_operator = side == Side.OPERATOR
    audience = _asker(ticket) if by_operator else (OPERATOR,)
    closed = TicketClosed(subject=ticket.ref, audience=audience, outcome=outcome, by_operator=by_operator)
    publish(closed, *_letter(ticket, "closed", word), actor=actor, at=at)


@act
def reopen_ticket(actor: Actor, ticket_ref: str, *, text: str) -> None:
    """Say that it was not over after all, within a fortnight; somebody has to take it anew.

    Refuses: NotFound, WrongState (not closed), TooLateToReopen, Empty, TooLong.
    """
    ticket, at, side = queries.lock_ticket(actor, ticket_ref), now(), _side(actor)
    word = _open_again(actor, ticket, side, clean_text(text, limit=TEXT, field="text"), at)
    audience = _asker(ticket) if side == Side.OPERATOR else (OPERATOR,)
    reopened = TicketReopened(subject=ticket.ref, audience=audience)
    publish(reopened, *_letter(ticket, "reopened", word), actor=actor, at=at)


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


def _open_again(actor: Actor, ticket: Ticket, side: Side, words: str, at: dt.datetime) -> int:
    if ticket.closed_at is not None and at >= ticket.closed_at + REOPENS_FOR:
        raise TooLateToReopen(days=REOPENS_FOR.days)
    ticket.closed_at, ticket.outcome, ticket.taken_by_id = None, "", None
    return _move(actor, ticket, "reopen", side, words, at)


def _move(actor: Actor, ticket: Ticket, step: str, side: Side, text: str, at: dt.datetime) -> int:
    """The next state of the ticket, and the word that brought it there."""
    ticket.state, ticket.changed_at = TICKET.next(ticket.state, step), at
    ticket.save(update_fields=["state", "taken_by", "changed_at", "closed_at", "outcome"])
    return _say(actor, ticket, step, side, text, at)


def _say(actor: Actor, ticket: Ticket, step: str, side: Side, text: str, at: dt.datetime) -> int:
    said = TicketWord(ticket=ticket, act=step, side=side, text=text, state=ticket.state, at=at)
    said.by_id = actor.user_id
    said.save(force_insert=True)
    return int(said.pk)


def _letter(ticket: Ticket, what: str, word: int) -> tuple[Event, ...]:
    """What makes a mail go out: of a visitor's ticket, as nothing else reaches them."""
    return (VisitorTold(subject=ticket.ref, what=what, word=word),) if ticket.role == VISITOR else ()


def _asker(ticket: Ticket) -> tuple[str, ...]:
    """Who is told of what the operator does: the company whose ticket it is, or the person."""
    if ticket.opened_by is None:
        return ()
    if ticket.organization_id is None:
        return (ticket.opened_by.ref,)
    return (parties.names_of([ticket.organization_id])[ticket.organization_id].ref,)
