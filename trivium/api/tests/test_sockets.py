"""Several callers at once, over connections of their own and over real sockets."""

import json
import threading
import urllib.request
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connections

from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import Scene, order_body


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one():
    """While the first is under way the second is refused; afterwards it gets the first's answer."""
    scene = Scene()
    buyer, body = scene.callers["buyer"], order_body(scene.mine.refs["sku"])
    started, go_on, answers = threading.Event(), threading.Event(), {}

    def slow() -> None:
        from trivium.ordering.commands import place

        told = place._tell

        def wait(*args: Any, **kwargs: Any) -> Any:
            started.set()
            go_on.wait(20)
            return told(*args, **kwargs)

        place._tell = wait
        try:
            answers["first"] = Caller(buyer.key).post("/orders", body, key="k-1")
        finally:
            place._tell = told
            connections.close_all()

    first = threading.Thread(target=slow)
    first.start()
    assert started.wait(20)
    meanwhile = buyer.post("/orders", body, key="k-1")
    go_on.set()
    first.join(20)
    assert (meanwhile.status, meanwhile.code) == (409, "idempotency.in_flight")
    assert answers["first"].status == 201
    assert buyer.post("/orders", body, key="k-1").body == answers["first"].body


@pytest.mark.django_db(transaction=True)
def test_over_real_sockets(live_server):
    """A whole order over HTTP from several threads at once: reading, placing, a retry on a new connection."""
    scene = Scene()
    key = scene.callers["buyer"].key
    answers: list[tuple[int, bytes]] = []

    def ask(method: str, path: str, body: Any = None, idempotency: str = "") -> tuple[int, bytes]:
        host = live_server.url.removeprefix("http://")
        door = HTTPConnection(host, timeout=20)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": idempotency} if idempotency else {}
        door.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
        answer = door.getresponse()
        found = answer.status, answer.read()
        door.close()
        return found

    def place() -> None:
        try:
            answers.append(ask("POST", "/orders", order_body(scene.mine.refs["sku"]), "one"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=place) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {status for status, _body in answers} <= {201, 409}
    (placed,) = {body for status, body in answers if status == 201}
    assert ask("POST", "/orders", order_body(scene.mine.refs["sku"]), "one") == (201, placed)
    ref = json.loads(placed)["ref"]
    status, body = ask("GET", f"/orders/{ref}")
    assert (status, json.loads(body)["number"]) == (200, json.loads(placed)["number"])
    with urllib.request.urlopen(f"{live_server.url}/api/v1/openapi.json", timeout=20) as answer:
        assert json.load(answer)["openapi"].startswith("3.1")
