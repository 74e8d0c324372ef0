"""What every home shows: what waits for this workspace now with the act on its row, how it is going, and the news."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.notices import queries as notices
from trivium.ordering.queries import Work
from trivium.settlement import queries as settlement
from trivium.web.shared.acting import Shown
from trivium.web.shared.forms import Form

TASKS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the worklist. `url` leads to the whole thing, `form` does the act at once."""

    act: str
    name: str
    url: str
    other: str
    due_at: dt.datetime | None
    amount: int | None
    currency: str
    form: Form | None = None
    late_after: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """How it is going, in one number."""

    words: str
    amount: int
    currency: str = ""
    note: str = ""


def home_page(actor: Actor, tasks: Sequence[Task], figures: Sequence[Figure], more: Mapping[str, Any] = {}) -> Shown:
    """A portal's home."""
    news = notices.inbox(actor, now(), limit=6)
    context = {
        "tasks": tasks[:TASKS],
        "more_tasks": max(0, len(tasks) - TASKS),
        "figures": figures,
        "news": news,
        "unread": sum(not notice.is_read for notice in news),
        **more,
    }
    return Shown("shared/home.html", context)


# A deadline is a promise to answer; the others are only since when something waits.
_SINCE = {"ship", "ship_rest", "sign"}


def order_tasks(actor: Actor, works: Sequence[Work], form_of: Callable[[Work], Form | None]) -> list[Task]:
    """What waits on orders, each with its act."""
    return [
        Task(
            work.act,
            work.order_number,
            reverse(f"{actor.role}:order", args=[work.order_ref]),
            work.other_party,
            work.due_at,
            work.amount,
            work.currency,
            form_of(work),
            late_after=work.act not in _SINCE,
        )
        for work in works
    ]


def statement_tasks(actor: Actor) -> list[Task]:
    """Statements that wait for this side's confirmation."""
    side = "operator" if actor.role == "operator" else "party"
    return [
        Task(
            "confirm_statement",
            statement["number"],
            reverse(f"{actor.role}:statement", args=[statement["ref"]]),
            statement["party"]["name"] if side == "operator" else "",
            statement["confirm_by"],
            statement["total"],
            statement["currency"],
        )
        for statement in settlement.statements_of(actor, limit=50)
        if statement["status"] == "issued" and side not in {c["side"] for c in statement["confirmations"]}
    ]
