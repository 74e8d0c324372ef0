"""Which approvals of the buyer's own company an order asks for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.ordering.queries.months import ordered_in_month
from trivium.parties import queries as parties
from trivium.parties.rules import OrderingPlace, Route, TradingTerms


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose words an order needs; from which place it is ordered, and what that person has ordered this month before
    (minor units; 0 where no limit of a month asks for it)."""

    route: Route
    place: OrderingPlace
    month_so_far: int


def asking_of(
    actor: Actor,
    terms: TradingTerms,
    goods: Iterable[tuple[str, int]],
    *,
    total: int,
    budget_code: str,
    cost_centre_id: int | None,
    at: dt.datetime,
    held: bool = False,
) -> Asking:
    """Whose words an order needs, by its total, its categories, its budget and cost centre, and who places it. `goods`
    are the path of a line's category and what the line costs; amounts are minor units.

    `held`: whoever has a limit for the month is locked until the order stands or is refused; of two orders at once the
    second counts the first.
    """
    place = parties.ordering_place(terms, actor.user_id, held=held)
    so_far = 0
    if place.monthly_limit is not None:
        so_far = ordered_in_month(terms.buyer_id, actor.user_id or 0, terms.currency, at)
    by_scope: dict[str, int] = {}
    for path, amount in goods:
        by_scope[path] = by_scope.get(path, 0) + amount
    route = parties.order_route(
        terms,
        place,
        total=total,
        by_scope=by_scope,
        budget_code=budget_code,
        cost_centre_id=cost_centre_id,
        month_so_far=so_far,
    )
    return Asking(route, place, so_far)
