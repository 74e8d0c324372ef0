"""Tickets: what they can be about, the states they pass through, and how they end. Pure."""

import datetime as dt
from enum import StrEnum

from trivium.core.permissions import declare
from trivium.core.states import Machine
from trivium.service.errors import BadKind, BadOutcome, BadPage

EVERYBODY = ("operator", "supplier", "partner", "buyer")
PERSON = "person"
"""The role of a ticket whose writer asked for themselves, at work in no company."""
VISITOR = "visitor"
"""The role of a ticket whose writer was not signed in; a mail address stands for them."""
PERMISSIONS = declare({"ticket.open": EVERYBODY, "ticket.triage": ("operator",)})


class TicketKind(StrEnum):
    """What somebody wants. Feedback is about a page and is made from there."""

    QUESTION = "question"
    FAULT = "fault"
    COMPLAINT = "complaint"
    WISH = "wish"
    FEEDBACK = "feedback"


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ASKED = "asked"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a ticket ended."""

    SOLVED = "solved"
    ANSWERED = "answered"
    PLANNED = "planned"
    DECLINED = "declined"
    TWICE = "twice"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Who wrote: the company whose ticket it is (person or visitor, where there is none), or the operator's triage."""

    COMPANY = "company"
    OPERATOR = "operator"


OF_OPERATOR = (Outcome.SOLVED, Outcome.ANSWERED, Outcome.PLANNED, Outcome.DECLINED, Outcome.TWICE)
OF_COMPANY = (Outcome.SOLVED, Outcome.WITHDRAWN)

# Taking, answering and asking back are the operator's; replying is the company's; either ends it and opens it again.
TICKET: Machine[State] = Machine(
    start=State.OPEN,
    final=frozenset(),
    moves={
        (State.OPEN, "take"): State.TAKEN,
        (State.TAKEN, "take"): State.TAKEN,
        (State.ASKED, "take"): State.ASKED,
        (State.OPEN, "answer"): State.TAKEN,
        (State.TAKEN, "answer"): State.TAKEN,
        (State.ASKED, "answer"): State.TAKEN,
        (State.OPEN, "ask_back"): State.ASKED,
        (State.TAKEN, "ask_back"): State.ASKED,
        (State.ASKED, "ask_back"): State.ASKED,
        (State.OPEN, "reply"): State.OPEN,
        (State.TAKEN, "reply"): State.TAKEN,
        (State.ASKED, "reply"): State.TAKEN,
        (State.OPEN, "close"): State.ENDED,
        (State.TAKEN, "close"): State.ENDED,
        (State.ASKED, "close"): State.ENDED,
        (State.ENDED, "reopen"): State.OPEN,
    },
)

REOPENS_FOR = dt.timedelta(days=14)
SUBJECT, TEXT, PAGE, PAGE_TITLE = 120, 4000, 200, 120


def check_kind(kind: str) -> None:
    """Whether somebody can open a ticket of this kind.

    Refuses: BadKind.
    """
    if kind not in set(TicketKind):
        raise BadKind(kind=kind[:20], known=", ".join(TicketKind), field="kind")


def check_outcome(outcome: str, side: Side) -> None:
    """Whether this side can end a ticket so.

    Refuses: BadOutcome.
    """
    known = OF_OPERATOR if side == Side.OPERATOR else OF_COMPANY
    if outcome not in known:
        raise BadOutcome(outcome=outcome[:20], known=", ".join(known), field="outcome")


def check_page(page: str) -> str:
    """The path of a page of this site, without what was searched for on it; "" is no page.

    Refuses: BadPage (an address elsewhere, or none).
    """
    path = page.partition("?")[0].partition("#")[0]
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    if page and (not is_ours or len(path) > PAGE):
        raise BadPage(page=page[:60], field="page")
    return path
