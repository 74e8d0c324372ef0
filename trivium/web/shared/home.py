"""What every home shows: what waits for this workspace now with the act on its row, how it is going, and the news."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.core.money import to_text
from trivium.core.time import business_day, now
from trivium.notices import queries as notices
from trivium.ordering import queries as ordering
from trivium.ordering.queries import Work
from trivium.parties import queries as parties
from trivium.settlement import queries as settlement
from trivium.web.shared import announcements, meetings, panels
from trivium.web.shared.acting import Shown
from trivium.web.shared.filters import day_begins
from trivium.web.shared.forms import Form
from trivium.web.shared.look import preferences
from trivium.web.shared.workspace import WorkspaceRequest

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
    """How it is going, in one number; `change` is against the period before, in percent."""

    words: str
    amount: int
    currency: str = ""
    note: str = ""
    change: Decimal | None = None
    has_change: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong, or soon will be: what, and where it is put right."""

    words: str
    url: str
    note: str
    icon: str = "alert"


def home_page(
    request: WorkspaceRequest,
    tasks: Sequence[Task],
    figures: Sequence[Figure],
    troubles: Sequence[Trouble] = (),
    all_work: str = "",
) -> Shown:
    """A portal's home, arranged as the person likes it; `all_work` leads to the whole worklist."""
    actor, own = request.actor, preferences(request)
    news = notices.inbox(actor, now(), limit=6)
    currency = parties.get_organization(actor, actor.organization_ref).currency
    trade = trade_of(actor, currency)
    context = {
        "tasks": tasks[:TASKS],
        "more_tasks": max(0, len(tasks) - TASKS),
        "figures": [*trade.figures, *figures],
        "trade": trade,
        "troubles": [*late_troubles(actor), *troubles],
        "news": news,
        "letters": announcements.home_forms(actor),
        "to_sign": [] if actor.role == "operator" else parties.agreements_to_sign(actor),
        "dates": meetings.home_dates(actor),
        "all_work": all_work,
        **panels.arranged(own),
    }
    return Shown("shared/home.html", context)


# A deadline is a promise; goods to sign for only wait since they left.
_SINCE = {"sign"}


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


# -- how it is going, and what is wrong ------------------------------------------------------------------------------

WEEKS, PERIOD_DAYS = 12, 30
_FIGURE = {
    "operator": _("Traded in 30 days"),
    "supplier": _("Earned in 30 days"),
    "partner": _("Margin in 30 days"),
    "buyer": _("Ordered in 30 days"),
}
_CHART = {
    "operator": _("Trade by week"),
    "supplier": _("Your goods by week"),
    "partner": _("Your margin by week"),
    "buyer": _("Your orders by week"),
}


@dataclass(frozen=True, slots=True)
class Week:
    """A bar of the chart and a row of its table. `value` is the amount as a plain number."""

    words: str
    amount: int
    value: str
    orders: int


@dataclass(frozen=True, slots=True)
class Trade:
    """The figures and the chart of a home: the same rows."""

    words: str
    currency: str
    weeks: Sequence[Week]
    figures: Sequence[Figure]
    is_any: bool


def trade_of(actor: Actor, currency: str) -> Trade:
    """The last twelve weeks, and the last thirty days against the thirty before. One statement."""
    today = business_day(now())
    monday = today - dt.timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    first = min(monday, today - dt.timedelta(days=2 * PERIOD_DAYS))
    days = ordering.trade_by_day(actor, day_begins(first), day_begins(today + dt.timedelta(days=1)), currency)
    weeks = []
    for i in range(WEEKS):
        begins = monday + dt.timedelta(days=7 * i)
        its = [day for day in days if begins <= day.day < begins + dt.timedelta(days=7)]
        amount = sum(day.amount for day in its)
        weeks.append(Week(f"{begins:%m-%d}", amount, to_text(amount, currency), sum(day.orders for day in its)))
    split, start = today - dt.timedelta(days=PERIOD_DAYS - 1), today - dt.timedelta(days=2 * PERIOD_DAYS - 1)
    this = [day for day in days if day.day >= split]
    last = [day for day in days if start <= day.day < split]
    amount, before = sum(day.amount for day in this), sum(day.amount for day in last)
    count, count_before = sum(day.orders for day in this), sum(day.orders for day in last)
    figures = (
        Figure(gettext(_FIGURE[actor.role]), amount, currency, change=_change(amount, before), has_change=True),
        Figure(gettext("Orders in 30 days"), count, change=_change(count, count_before), has_change=True),
    )
    return Trade(gettext(_CHART[actor.role]), currency, weeks, figures, any(week.orders for week in weeks))


def _change(now_: int, before: int) -> Decimal | None:
    return (Decimal(now_ - before) * 100 / before).quantize(Decimal("0.1")) if before > 0 else None


def late_troubles(actor: Actor) -> list[Trouble]:
    """Shipments that are late, as this reader says it."""
    late, count = ordering.late_shipping(actor, business_day(now()), limit=3)
    found = []
    for each in late:
        other = each.buyer if actor.role == "supplier" else each.supplier
        words = gettext("%(number)s should have been shipped on %(day)s") % {
            "number": each.order_number, "day": f"{each.ship_date:%Y-%m-%d}"}  # fmt: skip
        found.append(Trouble(words, reverse(f"{actor.role}:order", args=[each.order_ref]), other, "truck"))
    if count > len(late):
        more = gettext("%(count)s more shipments are late") % {"count": count - len(late)}
        found.append(Trouble(more, f"{reverse(f'{actor.role}:orders')}?status=released", "", "truck"))
    return found
