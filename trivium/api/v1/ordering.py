"""Orders: placing, reading, and every answer to them."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from trivium.api.answers import answer, draws, pdf, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import page
from trivium.api.v1.orders import (
    CartLines,
    CartPlacing,
    CartWish,
    Choice,
    Confirmation,
    NewOrder,
    Ordered,
    OrderRow,
    OrdersWanted,
    OrderView,
    Remaining,
    Waiting,
    of_order,
    of_row,
    of_work,
    ordered,
)
from trivium.api.v1.shapes import Items, Page, Why
from trivium.core import documents
from trivium.core.actor import Actor
from trivium.core.money import to_minor
from trivium.core.quantity import plain
from trivium.ordering import commands
from trivium.ordering import queries as orders
from trivium.ordering.rules import SupplyAnswer, Wish, read_address
from trivium.parties import queries as parties

router = Router()


@router.get("/orders", **reads(Page[OrderRow]))
def list_orders(request: Asked, wanted: Query[OrdersWanted]) -> HttpResponse:
    """Orders of this workspace, newest first."""
    status = wanted.status.value if wanted.status else None
    found = orders.orders_of(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1, status=status)
    return answer(page(found, wanted, id_of=_id, show=of_row))


def _order(actor: Actor, ref: str) -> HttpResponse:
    view = orders.get_order(actor, ref)
    return answer({**of_order(view), "entry_acts": orders.entry_acts(actor, view["ref"])})


@router.get("/orders/{ref}", **reads(OrderView))
def get_order(request: Asked, ref: str) -> HttpResponse:
    """An order with its parts, lines, price trail and figures, as far as this workspace may see them."""
    return _order(request.auth, ref)


@router.get("/orders/{ref}/document.pdf", **draws("The order as PDF"))
def order_document(request: Asked, ref: str) -> HttpResponse:
    """An order on paper, as this workspace may see it, in the language of Accept-Language."""
    return pdf(documents.compose("order", request.auth, ref))


def _id(row: dict[str, Any]) -> int:
    return int(row["id"])


@router.post("/orders", **writes(Ordered, 201))
@once
def place(request: Asked, order: NewOrder) -> HttpResponse:
    """Place an order: split per supplier, stock, coupon, budget and credit held, prices frozen; all or nothing."""
    wishes = [Wish(line.sku_ref, line.quantity, line.unit_price) for line in order.lines]
    return answer(ordered(_place(request.auth, wishes, order, from_cart=False)), 201)


def _place(actor: Actor, wishes: list[Wish], how: CartPlacing, *, from_cart: bool) -> commands.Placed:
    expected = None
    if how.expected_total is not None:
        own = parties.get_organization(actor, actor.organization_ref)
        expected = to_minor(how.expected_total, own.currency, field="expected_total")
    return commands.place_order(
        actor,
        wishes,
        ship_to=read_address(how.ship_to.model_dump()),
        delivery_method=how.delivery_method,
        payment_method=how.payment_method,
        coupon_codes=how.coupon_codes,
        po_number=how.po_number,
        budget_code=how.budget_code,
        cost_centre=how.cost_centre,
        accepts_substitutes=how.accepts_substitutes,
        expected_total=expected,
        from_cart=from_cart,
    )


@router.post("/orders/{ref}/cancel", **writes(OrderView))
@once
def cancel(request: Asked, ref: str, why: Why) -> HttpResponse:
    """Cancel an order of which nothing has shipped; what it held is freed, what was paid goes back."""
    ref = order_ref(request.auth, ref)
    commands.cancel_order(request.auth, ref, reason=why.reason)
    return _order(request.auth, ref)


def order_ref(actor: Actor, ref: str) -> str:
    """The reference of an order, given it or the order's number."""
    return ref if ref.startswith("ord_") else orders.order_ref_of(actor, ref)


# -- the cart ----------------------------------------------------------------------------------------------------------


@router.get("/cart", **reads(CartLines))
def cart(request: Asked) -> HttpResponse:
    """What is in the cart of the key's person."""
    return _cart(request.auth)


@router.post("/cart/lines", **writes(CartLines))
@once
def add_to_cart(request: Asked, wish: CartWish) -> HttpResponse:
    """Put more of a sku into the cart."""
    commands.add_to_cart(request.auth, wish.sku_ref, wish.quantity)
    return _cart(request.auth)


@router.put("/cart/lines/{sku_ref}", **writes(CartLines))
@once
def set_cart_line(request: Asked, sku_ref: str, wanted: Remaining) -> HttpResponse:
    """Set how much of a sku is in the cart; 0 takes it out."""
    commands.set_cart_line(request.auth, sku_ref, wanted.quantity)
    return _cart(request.auth)


@router.post("/cart/place", **writes(Ordered, 201))
@once
def place_cart(request: Asked, order: CartPlacing) -> HttpResponse:
    """Place an order for all that is in the cart, and empty it."""
    return answer(ordered(_place(request.auth, [], order, from_cart=True)), 201)


def _cart(actor: Actor) -> HttpResponse:
    wishes = orders.cart_of(actor)
    return answer({"lines": [{"sku_ref": wish.sku_ref, "quantity": plain(wish.quantity)} for wish in wishes]})


# -- answers to a supplier order ---------------------------------------------------------------------------------------


def _part(actor: Actor, ref: str) -> HttpResponse:
    """The order of a supplier order, as it stands now."""
    return _order(actor, orders.get_part(actor, ref).order.ref)


@router.post("/supplier-orders/{ref}/confirm-supply", **writes(OrderView))
@once
def confirm_supply(request: Asked, ref: str, given: Confirmation) -> HttpResponse:
    """The supplier says what it will send and when; lines that are not named come whole."""
    answers = None
    if given.lines is not None:
        answers = [
            SupplyAnswer(each.line_ref, each.quantity, each.substitute_sku_ref) for each in given.lines
        ]
    commands.confirm_supply(request.auth, ref, ship_date=given.ship_date, answers=answers)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/reject", **writes(OrderView))
@once
def reject_supply(request: Asked, ref: str, why: Why) -> HttpResponse:
    """The supplier sends nothing: the supplier order is cancelled."""
    commands.reject_supply(request.auth, ref, reason=why.reason)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/confirm-margin", **writes(OrderView))
@once
def confirm_margin(request: Asked, ref: str) -> HttpResponse:
    """The partner stands by its earnings."""
    commands.confirm_margin(request.auth, ref)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/object", **writes(OrderView))
@once
def object_to_margin(request: Asked, ref: str, why: Why) -> HttpResponse:
    """The partner objects to its earnings; the operator decides."""
    commands.object_to_margin(request.auth, ref, reason=why.reason)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/overrule", **writes(OrderView))
@once
def overrule_objection(request: Asked, ref: str) -> HttpResponse:
    """The operator decides against the objection: the margin counts as confirmed."""
    commands.overrule_objection(request.auth, ref)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/uphold", **writes(OrderView))
@once
def uphold_objection(request: Asked, ref: str) -> HttpResponse:
    """The operator lets the objection stand: the supplier order is cancelled."""
    commands.uphold_objection(request.auth, ref)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/cancel", **writes(OrderView))
@once
def cancel_part(request: Asked, ref: str, why: Why) -> HttpResponse:
    """Cancel one supplier's part before anything of it has shipped."""
    commands.cancel_supplier_order(request.auth, ref, reason=why.reason)
    return _part(request.auth, ref)


@router.post("/supplier-orders/{ref}/hold", **writes(OrderView))
@once
def hold(request: Asked, ref: str, wanted: Choice) -> HttpResponse:
    """The operator holds a supplier order's completion, or lets it go on."""
    (commands.hold_completion if wanted.held else commands.lift_hold)(request.auth, ref)
    return _part(request.auth, ref)


@router.get("/worklist", **reads(Items[Waiting]))
def worklist(request: Asked) -> HttpResponse:
    """What waits for this workspace, oldest first."""
    return answer({"items": [of_work(work) for work in orders.worklist(request.auth)]})
