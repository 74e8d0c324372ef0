"""The API's lists, queries and bodies: another side's things are found by no filter and taken in no body."""

import copy
import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.redteam.ground import TRADERS, met, secrets
from trivium.api import access
from trivium.api.tests.caller import world
from trivium.api.tests.scene import Scene, body_of, path_of
from trivium.api.tests.test_access import allowed
from trivium.api.v1.door import document

pytestmark = pytest.mark.django_db
OPEN = {"sku", "organization", "category", "second"}  # what stands on the shelf, or is everybody's


@functools.cache
def paths() -> dict[str, Any]:
    """What the document says of each path; it takes a second to write."""
    said: dict[str, Any] = document()["paths"]
    return said


def queries_of(path: str) -> list[str]:
    """The query parameters the document names for reading a path."""
    operation = paths()["/api/v1" + path]["get"]
    return [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", TRADERS)
def test_no_list_and_no_query_finds_what_is_anothers(scene: Scene, role: str, every: bool) -> None:
    caller, hidden = scene.callers[role], secrets(scene.theirs, role)
    few = [hidden["order"], hidden["buyer name"], scene.theirs.refs["organization"]]
    words = list(hidden.values()) if every else few
    tried = 0
    for method, path in sorted(access.TABLE):
        if method != "GET" or not allowed(role, method, path):
            continue
        address = path_of(path, scene.mine.refs | {"statement": "stm_" + "0" * 20}) if "{" in path else path
        for parameter in ["", *queries_of(path)]:
            for word in words if parameter else [""]:
                said = caller.get(address, **({parameter: word} if parameter else {}))
                tried += 1
                assert said.status < 500, (path, parameter, said.data)
                text = said.body.decode()
                assert met(text, hidden, word) == [], (role, path, parameter, word)
    assert tried > 40


def swaps(body: Any, own: dict[str, str]) -> Iterator[tuple[list[Any], str]]:
    """Where in a body a reference of one's own stands, and of what kind it is."""
    kinds = {ref: kind for kind, ref in own.items()}
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in parts:
        if isinstance(value, str) and value in kinds:
            yield [key], kinds[value]
        for place, kind in swaps(value, own):
            yield [key, *place], kind


def put(body: Any, place: list[Any], value: str) -> Any:
    """The body with another value at a place."""
    found = inner = copy.deepcopy(body)
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return found


def test_anothers_reference_in_a_body_is_refused_like_nobodys(scene: Scene) -> None:
    own, theirs, tried = scene.mine.refs, scene.theirs.refs, 0
    before = world()
    for method, path in sorted(access.TABLE):
        body = body_of(method, path, own) if method != "GET" else None
        for place, kind in swaps(body, own) if body else ():
            if kind in OPEN or (kind, path) == ("buyer", "/contract-prices"):  # a price may be offered to any buyer
                continue
            for role in (role for role in TRADERS if allowed(role, method, path)):
                address, answers = path_of(path, own) if "{" in path else path, []
                for ref in (theirs[kind], theirs[kind][:4] + "0" * 20):
                    said = scene.callers[role].write(method, address, put(body, place, ref))
                    assert said.status in (403, 404, 409, 422), (role, method, path, place, said.data)
                    answers.append((said.status, json.dumps(said.data).replace(ref, "…")))
                    tried += 1
                assert answers[0] == answers[1], (role, method, path, place)
    assert tried >= 6 and world() == before


def test_a_supplier_edits_nothing_of_anothers_by_the_sku_in_a_body(scene: Scene) -> None:
    """Skus stand on the shelf for all to see; in a body that changes something only one's own are taken."""
    before, tried = world(), 0
    for method, path in sorted(access.TABLE):
        body = body_of(method, path, scene.mine.refs) if method != "GET" else None
        for place, kind in swaps(body, scene.mine.refs) if body and allowed("supplier", method, path) else ():
            if kind == "sku":
                address = path_of(path, scene.mine.refs) if "{" in path else path
                said = scene.callers["supplier"].write(method, address, put(body, place, scene.theirs.refs["sku"]))
                tried += 1
                assert said.status in (403, 404, 422) or said.data == {"changed": 0}, (path, place, said.data)
    assert tried > 5 and world() == before
