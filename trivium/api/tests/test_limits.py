"""Limits at the door: per key, per address for whoever has none, and what the answers say about them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.api.tests.caller import Caller
from trivium.api.tests.scene import Scene
from trivium.core import sql
from trivium.core.limits import Limit, Pocket
from trivium.core.time import now
from trivium.parties import commands as parties
from trivium.parties import queries as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(settings):
    settings.TRIVIUM = {**settings.TRIVIUM, "API_PER_MINUTE": 3, "API_FAILURES_PER_MINUTE": 2}


def ask(caller: Caller, path: str = "/me", **headers: str):
    return caller.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {caller.key}", **headers})


def test_a_key_is_held_to_its_limit_and_told_so(few, scene: Scene):
    caller = Caller.of(scene.mine.buyer.actor)
    answers = [ask(caller) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert {a["RateLimit-Limit"] for a in answers} == {"3"}
    last = answers[-1]
    assert (last["Retry-After"], last["RateLimit-Reset"], last["Content-Type"]) == ("20", "20", "application/json")
    assert last.json()["error"] == {
        "code": "too_often",
        "message": "This was tried too often. Wait 20 seconds, then try again.",
        "field": None,
        "doc": "docs/reference/errors.md#too_often",
    }
    assert ask(Caller.of(scene.mine.buyer.actor)).status_code == 200, "another key has its own"


def test_a_refused_write_does_nothing_and_can_be_repeated(few, scene: Scene):
    caller = Caller.of(scene.mine.supplier.actor)
    for _ in range(3):
        ask(caller)
    said = caller.post("/locations", {"name": "Annex"}, key="k")
    assert (said.status, said.code) == (429, "too_often")
    sql.execute("UPDATE core_bucket SET full_at = full_at - interval '1 minute'")
    assert caller.post("/locations", {"name": "Annex"}, key="k").status == 201


def test_guessing_is_held_back_by_address_and_leaves_good_keys_alone(few, scene: Scene):
    guesser, stranger = Caller("tvm_" + "x" * 40), Caller("")
    assert [ask(guesser).status_code for _ in range(2)] == [401, 401]
    refused = ask(guesser)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert stranger.client.get("/api/v1/me").status_code == 429, "so is asking without any key"
    elsewhere = guesser.client.get("/api/v1/me", headers={"Authorization": "Bearer no"}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 401
    assert ask(Caller.of(scene.mine.buyer.actor)).status_code == 200


def test_the_meter_costs_no_statement(scene: Scene):
    caller = Caller.of(scene.mine.buyer.actor)
    with CaptureQueriesContext(connection) as metered:
        assert ask(caller, "/products").status_code == 200
    assert len([q for q in metered.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) == 2


def test_processes_that_take_handfuls_never_let_more_through_than_the_limit(scene: Scene) -> None:
    limit = Limit(400, 3600)
    secret = parties.create_api_key(scene.mine.buyer.actor, label="busy")[1]
    processes, through = [Pocket(), Pocket()], 0
    for turn in range(1000):
        pocket = processes[turn % 2]
        allowance = pocket.take(b"busy", limit)
        if allowance is None:
            opened = people.opened_by(secret, now(), limit.in_handfuls)
            assert opened is not None
            allowance = pocket.fill(b"busy", opened.allowance, limit)
        through += allowance.is_allowed
        assert allowance.times == 400 and 0 <= allowance.left < 400
    assert through == 400
