"""Bad input of every kind, on every write: a named refusal, and nothing has changed."""

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from trivium.api import access
from trivium.api.tests.caller import routes, world
from trivium.api.tests.scene import Scene, body_of, order_body, path_of
from trivium.core.permissions import permissions_of
from trivium.core.time import business_day, now

pytestmark = pytest.mark.django_db

PROVE = os.environ.get("HYPOTHESIS") == "prove"  # every value at every place; otherwise a sample by the seed
SQL = "'; DROP TABLE ordering_order; --"
WRONG_QUANTITIES = [0, -1, 0.0001, 10**9, 1e300, 10**30]
BROKEN = [
    b"{",
    b"",
    b"\xff\xfe",
    b'{"a": NaN}',
    b"[]",
    b"null",
    b'"x"',
    b"[" * 200_000,
    b'{"a":' + b"9" * 5000 + b"}",
]
STRANGE: list[Any] = [
    None, [], {}, True, -1, 0, 1.2345, 10**30, 1e300, "", " ", "x" * 10_240, "😀" * 3_000, SQL, "\x00", "\ud800",
    "NaN", "Infinity", "1e5", "-5.00", "2026-13-45", [None], {"": ""}, ["x" * 300] * 200,
]  # fmt: skip


def who_may(scene: Scene, method: str, path: str) -> str:
    """A role that may use a route; not the operator if there is another."""
    needed, _scope = access.TABLE[method, path]
    by_right = isinstance(needed, str)
    roles = [
        role for role in scene.callers if (needed in permissions_of(role) if by_right else role in needed)
    ]
    return next((role for role in roles if role != "operator"), "operator")


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of a body stands."""
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in parts:
        yield (*path, name)
        yield from places(value, (*path, name))


def with_value(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A body with another value at a place."""
    changed = copy.deepcopy(body)
    at = changed
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return changed


@pytest.mark.parametrize(("method", "path"), [route for route in routes() if route[0] != "GET"])
def test_no_body_breaks_a_write(scene: Scene, method: str, path: str):
    refs = scene.mine.refs
    caller = scene.callers[who_may(scene, method, path)]
    good = body_of(method, path, refs)
    if good is None:
        return
    address = path_of(path, refs) if "{" in path else path
    before = world()
    for body in (*BROKEN, {**good, "unheard_of": 1}):
        said = ask(caller, method, address, body)
        assert said.status in (400, 422), (body if isinstance(body, dict) else body[:40], said.data)
    chance = random.Random(f"{os.environ.get('HYPOTHESIS_SEED')} {method} {path}")
    for place in places(good):
        for value in STRANGE if PROVE else chance.sample(STRANGE, 8):
            ask(caller, method, address, with_value(good, place, value))
    assert world() == before


def ask(caller: Any, method: str, address: str, body: Any) -> Any:
    """Ask; what goes well is undone, so that only refusals could leave a trace. Never a 500."""
    with transaction.atomic():
        said = caller.write(method, address, body)
        if said.status < 300:
            transaction.set_rollback(True)
    assert said.status < 500, (address, str(body)[:300], said.data)
    if said.status >= 400:
        assert said.code and said.data["error"]["message"]
    return said


def changed(**more: Any) -> Any:
    """An order's body with one thing changed on its line or on itself."""

    def make(scene: Scene) -> dict[str, Any]:
        body = order_body(scene.mine.refs["sku"])
        for name, value in more.items():
            if name in ("sku_ref", "quantity", "unit_price"):
                body["lines"][0][name] = value
            else:
                body[name] = value
        return body

    return make


def twice(scene: Scene) -> dict[str, Any]:
    """The same sku on two lines."""
    return order_body(scene.mine.refs["sku"], scene.mine.refs["sku"])


def hidden(scene: Scene) -> dict[str, Any]:
    """A sku that is not on sale."""
    return order_body(scene.mine.refs["hidden_sku"])


def to(**address: Any) -> Any:
    """An order to an address with something changed."""

    def make(scene: Scene) -> dict[str, Any]:
        body = order_body(scene.mine.refs["sku"])
        return {**body, "ship_to": {**body["ship_to"], **address}}

    return make


@pytest.mark.parametrize(
    ("make", "status", "code", "field"),
    [
        (changed(sku_ref="sku_" + "0" * 20), 404, "not_found", "lines.0.sku_ref"),
        (changed(sku_ref=SQL), 404, "not_found", "lines.0.sku_ref"),
        (changed(sku_ref=7), 422, "request.wrong_type", "lines.0.sku_ref"),
        *[(changed(quantity=q), 422, "quantity.bad", "lines.0.quantity") for q in WRONG_QUANTITIES],
        (changed(quantity="1"), 422, "request.wrong_type", "lines.0.quantity"),
        (changed(quantity=True), 422, "request.wrong_type", "lines.0.quantity"),
        (changed(quantity=0.5), 422, "order.below_minimum", "lines.0.quantity"),
        (changed(quantity=1.5), 422, "order.wrong_multiple", "lines.0.quantity"),
        (changed(quantity=5000), 409, "inventory.out_of_stock", "quantity"),
        (changed(unit_price="9.99"), 409, "order.price_changed", "lines.0.unit_price"),
        (changed(unit_price="NaN"), 422, "request.wrong_type", "lines.0.unit_price"),
        (changed(expected_total="9.99"), 409, "order.price_changed", "expected_total"),
        (changed(expected_total="9.999"), 422, "money.bad_amount", "expected_total"),
        (changed(expected_total="-1"), 422, "request.bad_value", "expected_total"),
        (changed(payment_method="shells"), 422, "order.bad_payment_method", "payment_method"),
        (changed(payment_method="on_account"), 409, "order.no_credit", "payment_method"),
        (changed(budget_code="none"), 422, "order.no_such_budget", "budget_code"),
        (changed(delivery_method="drone"), 409, "pricing.delivery_unavailable", "delivery_method"),
        (changed(coupon_codes=["NOPE"]), 409, "pricing.coupon_refused", "coupon_codes"),
        (changed(coupon_codes=["TENB"]), 409, "pricing.coupon_refused", "coupon_codes"),
        (changed(po_number="x" * 10_240), 422, "request.too_long", "po_number"),
        (changed(po_number="x" * 61), 422, "too_long", "po_number"),
        (changed(po_number="a\x00b"), 422, "request.bad_character", "po_number"),
        (changed(lines=[]), 422, "order.empty", "lines"),
        (changed(lines=None), 422, "request.wrong_type", "lines"),
        (changed(lines=[{}]), 422, "request.missing", "lines.0.sku_ref"),
        (changed(pay="cash"), 422, "request.unknown_field", "pay"),
        (twice, 422, "order.double_sku", "lines.1.sku_ref"),
        (hidden, 409, "order.not_orderable", "lines.0.sku_ref"),
        (to(city=""), 422, "order.bad_address", "ship_to.city"),
        (to(country="China"), 422, "order.bad_address", "ship_to.country"),
        (to(street="x" * 10_240), 422, "request.too_long", "ship_to.street"),
        (to(phone=None), 422, "request.wrong_type", "ship_to.phone"),
    ],
)
def test_an_order_says_what_is_wrong_with_it(scene: Scene, make: Any, status: int, code: str, field: str):
    before = world()
    said = scene.callers["buyer"].post("/orders", make(scene))
    assert (said.status, said.code, said.field) == (status, code, field), said.data
    assert world() == before


def test_emoji_and_sql_are_words_like_others(scene: Scene):
    with transaction.atomic():
        body = order_body(scene.mine.refs["sku"], po_number=f"😀 {SQL}")
        placed = scene.callers["buyer"].post("/orders", body)
        assert placed.status == 201
        seen = scene.callers["supplier"].get(f"/orders/{placed.data['ref']}").data
        assert seen["po_number"] == f"😀 {SQL}"
        transaction.set_rollback(True)


THEIRS = [
    ("supplier", "POST", "/price-lists/{ref}/prices"),
    ("supplier", "POST", "/price-lists"),
    ("supplier", "POST", "/stock/receipts"),
    ("supplier", "POST", "/stock/counts"),
    ("supplier", "POST", "/stock/moves"),
    ("supplier", "POST", "/stock/write-offs"),
    ("supplier", "POST", "/stock/backorder"),
    ("supplier", "POST", "/contract-prices"),
    ("buyer", "PUT", "/approval-rules"),
]


@pytest.mark.parametrize(("role", "method", "path"), THEIRS)
def test_a_body_cannot_reach_for_another_partys_things(scene: Scene, role: str, method: str, path: str):
    before = world()
    address = path_of(path, scene.mine.refs) if "{" in path else path
    said = scene.callers[role].write(method, address, body_of(method, path, scene.theirs.refs))
    assert (said.status, said.code) == (404, "not_found"), said.data
    assert world() == before


def test_a_refund_and_a_confirmation_name_lines_of_their_own_order(scene: Scene):
    before = world()
    supplier, mine, line = scene.callers["supplier"], scene.mine.refs["part"], scene.theirs.refs["line"]
    answer = {"ship_date": business_day(now()).isoformat(), "lines": [{"line_ref": line, "quantity": 0}]}
    said = supplier.post(f"/supplier-orders/{mine}/confirm-supply", answer)
    assert (said.status, said.code) == (422, "order.unknown_line")
    back = {"lines": [{"line_ref": line, "quantity": 1}], "reason": "not mine"}
    assert supplier.post(f"/supplier-orders/{mine}/refunds", back).status in (409, 422)
    assert world() == before
