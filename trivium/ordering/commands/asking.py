"""Which approvals of the buyer's own company an order asks for."""

from collections.abc import Sequence

from trivium.catalog.queries import TradableSku
from trivium.core.actor import Actor
from trivium.parties import queries as parties
from trivium.parties.rules import Route, TradingTerms
from trivium.pricing.queries import Quote


def route_of(
    actor: Actor, terms: TradingTerms, quote: Quote, skus: Sequence[TradableSku], budget_code: str
) -> Route:
    """Whose words an order needs, by its total, its categories, its budget, and who places it."""
    by_scope: dict[str, int] = {}
    for sku, line in zip(skus, quote.lines, strict=True):
        by_scope[sku.category_path] = by_scope.get(sku.category_path, 0) + line.split.paid
    return parties.order_route(terms, actor.user_id, total=quote.total, by_scope=by_scope, budget_code=budget_code)
