"""The door itself: one shape for every refusal, languages, paging, reads that cannot write, and a real socket."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import InternalError
from django.test import Client

from trivium.api import errors
from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import Scene, order_body
from trivium.core.errors import Refusal
from trivium.ordering.errors import PriceChanged
from trivium.parties import queries as parties

SHAPE = {"code", "message", "field", "doc"}


def subclasses(kind: type) -> list[type]:
    return [each for child in kind.__subclasses__() for each in (child, *subclasses(child))]


def problem(answer: Any) -> dict[str, Any]:
    """The refusal of an answer, after a look at its shape."""
    assert answer["Content-Type"] == "application/json"
    found = answer.json()
    assert set(found) == {"error"} and set(found["error"]) == SHAPE
    return dict(found["error"])


@pytest.mark.parametrize(
    "path",
    ["/api/v1/", "/api/v1/nothing", "/api/v2/orders", "/api/", "/api/v1/orders/a/b/c", "/api/v1/orders/"],
)
def test_an_address_that_is_none(path):
    answer = Client().get(path)
    assert (answer.status_code, problem(answer)["code"]) == (404, "request.no_such_route")


@pytest.mark.django_db
def test_a_method_an_address_does_not_take():
    answer = Client().delete("/api/v1/orders")
    assert (answer.status_code, problem(answer)["code"]) == (405, "request.wrong_method")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.django_db
def test_a_body_that_is_too_large(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = Client().post(
        "/api/v1/orders", b"x" * 1001, "application/json", headers={"Authorization": "Bearer x"}
    )
    assert (answer.status_code, problem(answer)["code"]) == (413, "request.too_large")


@pytest.mark.django_db
def test_a_body_in_chunks():
    """Django reads no body without its length, so that it would be taken for an empty one."""
    headers = {"Authorization": "Bearer x", "Transfer-Encoding": "chunked"}
    answer = Client().generic(
        "POST", "/api/v1/orders", b"", "application/json", headers=headers, CONTENT_LENGTH=""
    )
    assert (answer.status_code, problem(answer)["code"]) == (411, "request.length_needed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["", "Basic eDp5", "Bearer", "Bearer ", "Bearer \x80\xff", "bearer x y", "Bearer " + "x" * 9000]
)
def test_a_key_that_opens_nothing(header):
    answer = Client().get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, problem(answer)["code"]) == (401, "request.not_signed_in")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("secret detail"), 500, "request.unexpected"),
        (OperationalError("deadlock detected"), 503, "request.busy"),
        (InternalError("secret detail"), 500, "request.unexpected"),
    ],
)
def test_an_accident_tells_nothing(scene: Scene, monkeypatch, error, status, code):

    def breaks(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr("trivium.ordering.queries.worklist", breaks)
    said = scene.callers["buyer"].get("/worklist")
    assert (said.status, said.code) == (status, code)
    assert b"secret" not in said.body and b"deadlock" not in said.body


@pytest.mark.django_db
def test_refusals_speak_the_readers_language(scene: Scene):
    for language, word in (("en", "is not sold"), ("zh-hans", None), ("fr", "is not sold")):
        caller = Caller(scene.callers["buyer"].key, language=language)
        said = caller.post("/orders", order_body(scene.mine.refs["hidden_sku"]))
        message = said.data["error"]["message"]
        assert (word in message) if word else any("一" <= c <= "鿿" for c in message)
        assert "HA" in message


def test_an_amount_in_a_refusal_carries_its_currency():
    asked = {"before": Decimal("95.000000"), "now": "1300.00", "currency": "CNY"}
    said = errors.text(PriceChanged(**asked, field="expected_total"))
    assert "95 CNY" in said and "1300.00 CNY" in said


def test_every_refusal_can_be_said_and_has_a_status():
    for kind in subclasses(Refusal):
        assert kind.kind in errors.STATUS
        assert 400 <= (getattr(kind, "status", None) or errors.STATUS[kind.kind]) < 600


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"},
        {"cursor": "LTE"},
        {"cursor": "x" * 41},
        {"limit": 0},
        {"limit": 101},
        {"limit": "x"},
        {"status": "lost"},
        {"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"},
    ],
)
def test_a_page_that_is_none(scene: Scene, query):
    said = scene.callers["buyer"].get("/orders", **query)
    assert (said.status, said.field) == (422, next(iter(query)))


@pytest.mark.django_db
def test_odd_queries_find_nothing(scene: Scene):
    for text in ("%", "_", "\\", "'; DROP TABLE catalog_sku; --", "😀", "\x00", " "):
        said = scene.callers["buyer"].get("/products", text=text)
        assert said.status in (200, 422) and len(said.data.get("items", [])) in (0, 2), text
    for wanted in ({"supplier": "\x00"}, {"category": "org_x' OR 1=1"}):
        said = scene.callers["buyer"].get("/products", **wanted)
        assert said.status in (200, 422) and not said.data.get("items"), wanted
    for ref in ("%00", "ord_%00", "O-%00", "'", "..", "x" * 61, "O-ZZZZZZZZZZZZ", "😀"):
        said = scene.callers["buyer"].get(f"/orders/{ref}")
        assert said.status == 404, ref


@pytest.mark.django_db
def test_a_read_that_would_write_is_stopped_in_these_tests(scene: Scene, monkeypatch):
    from trivium.ordering import commands

    sku = scene.mine.refs["sku"]
    actor = scene.mine.buyer.actor
    monkeypatch.setattr(
        "trivium.ordering.queries.worklist", lambda actor_: commands.add_to_cart(actor, sku, 1)
    )
    assert scene.callers["buyer"].get("/worklist").status == 500


@pytest.mark.django_db
def test_a_session_opens_nothing_here_and_none_is_begun(scene):
    """Programs go past the pages' middleware: no session is looked at, whoever is signed in with it."""
    browser = Client()
    browser.force_login(parties.person(scene.mine.buyer.actor.user_id))
    answer = browser.get("/api/v1/orders")
    assert (answer.status_code, problem(answer)["code"]) == (401, "request.not_signed_in")
    assert not answer.cookies and not hasattr(answer.wsgi_request, "session")
    for page in ("/api/v1/docs", "/sign-in/", "/nowhere"):
        answer = browser.get(page)
        assert hasattr(answer.wsgi_request, "session") and "Content-Security-Policy" in answer.headers, page


@pytest.mark.parametrize("path", ["//api/v1/orders", "/x/api/v1/orders", "/api/v1docs", "/API/v1/orders"])
def test_what_only_looks_like_the_api_is_a_page(path):
    assert hasattr(Client().get(path).wsgi_request, "session")
