"""The cart: what one person of a company is about to order."""

from collections.abc import Sequence
from decimal import Decimal

from trivium.catalog import queries as catalog
from trivium.catalog.queries import TradableSku
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.ids import new_ref
from trivium.core.quantity import MAX, parse_quantity
from trivium.core.time import now
from trivium.ordering.errors import NotOrderable
from trivium.ordering.models import CartLine
from trivium.parties import queries as parties
from trivium.parties.errors import NoPartner
from trivium.shelf import queries as shelf

_SEEN = "(SELECT t.price FROM steps t WHERE t.step <= {quantity} ORDER BY t.step DESC LIMIT 1)"
_SUM = """LEAST(CASE WHEN %(replace)s THEN excluded.quantity ELSE ordering_cartline.quantity + excluded.quantity END,
                                 %(max)s)"""
_PUT = f"""
WITH steps AS (
    SELECT * FROM unnest(%(steps)s::numeric[], %(prices)s::numeric[]) AS t(step, price)
), cart AS (
    INSERT INTO ordering_cart (ref, organization_id, user_id, changed_at)
    VALUES (%(ref)s, %(organization)s, %(user)s, %(at)s)
    ON CONFLICT (organization_id, user_id) DO UPDATE SET changed_at = excluded.changed_at
    RETURNING id, ref
), line AS (
    INSERT INTO ordering_cartline (cart_id, sku_id, quantity, seen_price, seen_currency)
    SELECT id, %(sku)s, %(quantity)s, {_SEEN.format(quantity="%(quantity)s")}, %(currency)s FROM cart
    ON CONFLICT (cart_id, sku_id) DO UPDATE
    SET quantity = {_SUM}, seen_price = {_SEEN.format(quantity=_SUM)}, seen_currency = excluded.seen_currency
    RETURNING id
)
SELECT cart.ref FROM cart, line
"""


def add_to_cart(actor: Actor, sku_ref: str, quantity: Decimal) -> str:
    """Put more of a sku into the person's cart; returns the cart's reference.

    Refuses: Denied("order.place"), BadQuantity, NotFound (sku), NotOrderable.
    """
    return _put(actor, sku_ref, parse_quantity(quantity), replace=False)


def set_cart_line(actor: Actor, sku_ref: str, quantity: Decimal) -> str:
    """Set how much of a sku is in the cart; 0 takes it out. Returns the cart's reference, "" if it took a line out.

    Refuses: Denied("order.place"), BadQuantity, NotFound (sku), NotOrderable.
    """
    if parse_quantity(quantity, zero=True):
        return _put(actor, sku_ref, quantity, replace=True)
    return _take_out(actor, sku_ref)


@act
def _put(actor: Actor, sku_ref: str, quantity: Decimal, *, replace: bool) -> str:
    actor.require("order.place")
    sku = catalog.tradable([sku_ref]).get(sku_ref)
    if sku is None:
        raise NotFound(what="sku", ref=sku_ref, field="sku_ref")
    if not sku.is_listed:
        raise NotOrderable(sku=sku.code, field="sku_ref")
    steps, currency = _prices_now(actor, sku)
    found = sql.rows(
        _PUT,
        {
            "ref": new_ref("crt"),
            "organization": actor.organization_id,
            "user": actor.user_id,
            "at": now(),
            "sku": sku.id,
            "quantity": quantity,
            "replace": replace,
            "max": MAX - 1,
            "steps": [step.from_quantity for step in steps],
            "prices": [step.unit_price for step in steps],
            "currency": currency,
        },
    )
    return str(found[0][0])


def _prices_now(actor: Actor, sku: TradableSku) -> tuple[Sequence[shelf.Step], str]:
    """What a unit costs this buyer at every step, so that the cart can say when that has changed."""
    try:
        terms = parties.trading_terms(actor.organization_id or 0, now())
    except NoPartner:
        return (), ""
    steps = shelf.steps_for(actor, terms, [(sku.id, sku.moq)])[sku.id]
    return steps, terms.currency if steps else ""


@act
def _take_out(actor: Actor, sku_ref: str) -> str:
    actor.require("order.place")
    owner = {"cart__organization_id": actor.organization_id or 0, "cart__user_id": actor.user_id or 0}
    CartLine.objects.filter(**owner, sku__ref=sku_ref).delete()
    return ""


_CARTS = """
SELECT c.id, u.ref FROM ordering_cart c JOIN parties_user u ON u.id = c.user_id
JOIN parties_organization o ON o.id = c.organization_id WHERE o.ref = %(company)s ORDER BY c.id FOR UPDATE OF c
"""
_OPEN = """
INSERT INTO ordering_cart (ref, organization_id, user_id, changed_at)
SELECT %(ref)s, o.id, u.id, %(at)s FROM parties_organization o, parties_user u
WHERE o.ref = %(company)s AND u.ref = %(heir)s ON CONFLICT (organization_id, user_id) DO NOTHING
"""
_TAKE_OVER = """
INSERT INTO ordering_cartline (cart_id, sku_id, quantity, seen_price, seen_currency)
SELECT %(into)s, l.sku_id, l.quantity, l.seen_price, l.seen_currency
FROM ordering_cartline l WHERE l.cart_id = %(gone)s ORDER BY l.id
ON CONFLICT (cart_id, sku_id) DO UPDATE
SET quantity = LEAST(ordering_cartline.quantity + excluded.quantity, %(max)s)
"""


@act
def take_over_cart(company_ref: str, gone_ref: str, heir_ref: str = "") -> int:
    """Put what somebody who has left had in the cart into a colleague's; returns how many lines went over.

    It goes to `heir_ref`; if they have left in turn, to the longest-serving administrator who buys, else to whoever
    does. Where nobody buys it is kept for the next one. Done again, it finds nothing: the cart is empty then. Whoever
    has come back keeps it.
    """
    of = {"company": company_ref, "at": now(), "ref": new_ref("crt")}
    carts = {ref: key for key, ref in sql.rows(_CARTS, of)}
    if gone_ref not in carts or not CartLine.objects.filter(cart_id=carts[gone_ref]).exists():
        return 0
    heir = parties.lock_successor(company_ref, gone_ref, heir_ref)
    if heir is None:
        return 0
    sql.execute(_OPEN, {**of, "heir": heir})
    carts = {ref: key for key, ref in sql.rows(_CARTS, of)}
    sql.execute(_TAKE_OVER, {"into": carts[heir], "gone": carts[gone_ref], "max": MAX - 1})
    return int(CartLine.objects.filter(cart_id=carts[gone_ref]).delete()[0])
