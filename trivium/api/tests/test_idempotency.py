"""A retried request changes nothing the second time, whatever became of the first."""

import re
from typing import Any

import pytest

from trivium.api.auth import idempotency_key
from trivium.api.idempotency import scope
from trivium.api.tests.caller import Caller, world
from trivium.api.tests.scene import Scene, order_body
from trivium.api.v1.door import document
from trivium.core import sql
from trivium.core.idempotency import MAX_KEY, BadKey
from trivium.core.models import IdempotencyRecord


@pytest.mark.django_db
def test_the_same_key_and_body_give_the_same_answer_byte_for_byte(scene: Scene):
    buyer, body = scene.callers["buyer"], order_body(scene.mine.refs["sku"])
    first = buyer.post("/orders", body, key="k-1")
    before = world()
    again = buyer.post("/orders", body, key="k-1")
    assert (again.status, again.body) == (201, first.body)
    assert world() == before
    other = buyer.post("/orders", {**body, "po_number": "2"}, key="k-1")
    assert (other.status, other.code, other.field) == (422, "idempotency.reused", "Idempotency-Key")
    assert world() == before
    assert buyer.post("/orders", body, key="k-2").data["ref"] != first.data["ref"]


@pytest.mark.django_db
def test_a_refusal_is_kept_like_an_answer(scene: Scene):
    supplier, part = scene.callers["supplier"], scene.mine.refs["part"]
    buyer, sku = scene.callers["buyer"], scene.mine.refs["sku"]
    short = order_body(sku)
    short["lines"][0]["quantity"] = 5000
    first = buyer.post("/orders", short, key="k-1")
    assert (first.status, first.code) == (409, "inventory.out_of_stock")
    supplier.post("/stock/receipts", {"items": [{"sku_ref": sku, "quantity": 9000}]})
    assert buyer.post("/orders", short, key="k-1").body == first.body
    assert buyer.post("/orders", short, key="k-2").status == 201
    for _ in range(2):
        assert buyer.post(f"/supplier-orders/{part}/cancel", {"reason": ""}, key="k-3").code == "empty"


@pytest.mark.django_db
def test_a_key_belongs_to_its_workspace_and_its_route(scene: Scene):
    mine, theirs = scene.callers["buyer"], Caller.of(scene.theirs.buyer.actor)
    first = mine.post("/orders", order_body(scene.mine.refs["sku"]), key="k")
    second = theirs.post("/orders", order_body(scene.theirs.refs["sku"]), key="k")
    assert (first.status, second.status) == (201, 201)
    assert mine.post("/cart/lines", {"sku_ref": scene.mine.refs["sku"], "quantity": 1}, key="k").status == 200
    colleague = Caller.of(scene.mine.buyer.colleague)
    assert colleague.post("/orders", order_body(scene.mine.refs["sku"]), key="k").body == first.body


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 81, "tab\tbed", "é"])
def test_a_write_names_a_key_that_can_be_kept(scene: Scene, key):
    before = world()
    headers = {"Authorization": f"Bearer {scene.callers['buyer'].key}", "Accept-Language": "en"}
    headers |= {"Idempotency-Key": key} if key else {}
    answer = scene.callers["buyer"].client.post(
        "/api/v1/cart/lines", b"{}", "application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency.bad_key")
    assert world() == before


@pytest.mark.django_db
def test_a_new_keys_secret_is_given_again_but_kept_nowhere(scene: Scene):
    supplier = scene.callers["supplier"]
    first = supplier.post("/api-keys", {"label": "till"}, key="k-1")
    assert supplier.post("/api-keys", {"label": "till"}, key="k-1").body == first.body
    secret = first.data["secret"]
    assert Caller(secret).get("/me").status == 200
    colleague = Caller.of(scene.mine.supplier.colleague)
    other = colleague.post("/api-keys", {"label": "till"}, key="k-1")
    assert (other.status, other.code) == (422, "idempotency.reused")
    kept = list(IdempotencyRecord.objects.values_list("body", flat=True))
    assert kept and not any(secret in body for body in kept)


@pytest.mark.django_db
def test_an_accident_keeps_no_answer(scene: Scene, monkeypatch):
    buyer, body = scene.callers["buyer"], order_body(scene.mine.refs["sku"])
    before = world()

    def breaks(*args: Any, **kwargs: Any) -> None:
        sql.rows("SELECT 1 / 0")

    with monkeypatch.context() as patch:
        patch.setattr("trivium.ordering.commands.place._tell", breaks)
        failed = buyer.post("/orders", body, key="k-1")
    assert (failed.status, failed.code) == (500, "request.unexpected")
    assert b"division" not in failed.body and b"Traceback" not in failed.body
    assert world() == before
    assert buyer.post("/orders", body, key="k-1").status == 201


def test_a_scope_fits_its_column(rf):
    request = rf.post("/api/v1/" + "x" * 500)
    request.auth = type("Actor", (), {"organization_ref": "org_" + "x" * 20, "role": "operator"})
    assert len(scope(request)) <= IdempotencyRecord._meta.get_field("scope").max_length


@pytest.mark.parametrize("key", ["", "é", "k\n", "k\t", "\x7f", "k" * (MAX_KEY + 1), " ", "~", "k" * MAX_KEY])
def test_the_document_says_which_keys_are_taken(rf: Any, key: str):
    shape = document()["components"]["parameters"]["IdempotencyKey"]["schema"]
    is_said = shape["minLength"] <= len(key) <= shape["maxLength"] and bool(re.fullmatch(shape["pattern"], key))
    try:
        is_taken = idempotency_key(rf.post("/", headers={"Idempotency-Key": key})) == key
    except BadKey:
        is_taken = False
    assert is_taken == is_said
