"""Fields nobody asked for: the API refuses every one of them by name, pages read the ones they ask for alone."""

import ast
from typing import Any

import pytest

from tests.architecture import house
from tests.redteam.ground import ROLES, People
from trivium.api import access
from trivium.api.tests.caller import world
from trivium.api.tests.scene import Scene, body_of, path_of
from trivium.api.tests.test_access import allowed
from trivium.service import queries as service

pytestmark = pytest.mark.django_db

WISHED = {
    "organization_id": 1, "organization_ref": "org_" + "0" * 20, "role": "operator", "user_id": 1, "id": 1,
    "status": "completed", "state": "ended", "is_house": True, "confirms_by_rule": True, "permissions": ["party.admit"],
    "unit_price": "0.01", "total": "0.01", "paid": "0.01", "supplier_net": "9999.00", "confirmed_at": "2020-01-01",
}  # fmt: skip


def nested(body: Any, place: str = "") -> list[tuple[str, Any]]:
    """Every object in a body, by its path: the body itself first."""
    found = [(place, body)] if isinstance(body, dict) else []
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in parts:
        if key not in ("terms", "name", "title", "text", "words"):  # mappings of their own, checked by their rules
            found += nested(value, f"{place}.{key}" if place else str(key))
    return found


def test_every_field_beyond_the_document_is_refused_by_its_name(scene: Scene) -> None:
    refs, tried, before = scene.mine.refs | {"statement": "stm_" + "0" * 20}, 0, world()
    for method, path in sorted(access.TABLE):
        body = body_of(method, path, refs) if method != "GET" else None
        role = next(role for role in ROLES if allowed(role, method, path))
        for place, inner in nested(body) if body else ():
            name, value = next((n, v) for n, v in WISHED.items() if n not in inner)
            inner[name] = value
            address = path_of(path, refs) if "{" in path else path
            said = scene.callers[role].write(method, address, body)
            del inner[name]
            assert said.status == 422, (method, path, place, said.data)
            assert said.field == (f"{place}.{name}" if place else name), (method, path, place, said.data)
            tried += 1
    assert tried > 50 and world() == before


def test_pages_hand_no_form_on_as_a_whole() -> None:
    """`**request.POST`, `.dict()` or a form saved as it came would let strangers name the columns."""
    found = []
    for path, tree in house.sources(house.PACKAGE / "web"):
        for node in ast.walk(tree):
            named = node.keywords if isinstance(node, ast.Call) else []
            spread = any(each.arg is None and isinstance(each.value, ast.Attribute) and each.value.attr == "POST"
                         for each in named)  # fmt: skip
            whole = isinstance(node, ast.Attribute) and node.attr == "dict" and "POST" in ast.dump(node.value)
            if spread or whole:
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_fields_a_page_did_not_ask_for_change_nothing(scene: Scene, people: People) -> None:
    """The same act with and without them ends in the same rows, keys and moments aside."""
    extra = {name: str(value) for name, value in WISHED.items() if name != "status"}
    buyer = people.buyer
    buyer.open("tickets/new/")
    buyer.send("open-ticket", subject="Plain", text="x", kind="question")
    buyer.open("tickets/new/")
    buyer.send("open-ticket", subject="Plain", text="x", kind="question", **extra)
    one, two = service.tickets(scene.mine.buyer.actor, limit=2)
    assert (one.company, one.role, one.state, one.opened_by) == (two.company, two.role, two.state, two.opened_by)
