"""Pages × roles × another side's things: read, written, listed, filtered, searched and exported, nothing is met.

The same for the API's paths stands in trivium/api/tests/test_access.py; its bodies and queries in test_walls_of_api.
"""

import re

import pytest
from django.urls import reverse

from tests.redteam.ground import TRADERS, People, met, secrets, text_of, walk
from trivium.api.tests.caller import world
from trivium.api.tests.scene import Scene
from trivium.web.shared.access import ACCESS
from trivium.web.shared.export import FORMATS
from trivium.web.tests.test_access import ALL

pytestmark = pytest.mark.django_db

# What the first part of a path says of what its reference names.
NATURAL = {
    "orders": "order", "lines": "line", "supplier-orders": "part", "statements": "statement", "contracts": "contract",
    "products": "product", "imports": "import", "tickets": "ticket", "announcements": "announcement", "keys": "key",
    "polls": "poll", "meetings": "meeting",
    "holidays": "holiday", "shipments": "shipment", "accounts": "payment", "approvals": "approval",
}  # fmt: skip


def named(role: str, *, taking: bool) -> list[str]:
    """The URL names of a portal that take a reference, or take none."""
    wanted = ["ref"] if taking else []
    return sorted(name for name in ALL if name.startswith(f"{role}:") and ALL[name] == wanted)


def refs_for(name: str, hidden: dict[str, str], *, every: bool) -> dict[str, str]:
    """The references to try on a URL: all of them, or the one it is made for and two others."""
    refs = {kind: value for kind, value in hidden.items() if " " not in kind and "_" in value}
    if every:
        return refs
    path = reverse(name, args=["xxx"]).split("/")[2]
    chosen = [kind for kind in (NATURAL.get(path, ""), "order", "ticket") if kind in refs]
    return {kind: refs[kind] for kind in chosen}


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", TRADERS)
def test_anothers_reference_opens_and_does_nothing(scene: Scene, people: People, role: str, every: bool) -> None:
    hands, hidden = people.at(role), secrets(scene.theirs, role)
    before, tried = world(), 0
    for name in named(role, taking=True):
        for kind, ref in refs_for(name, hidden, every=every).items():
            url = reverse(name, args=[ref])
            sent = {"on": f"/{role}/", "form": "x", "key": f"k{tried}", "text": "mine", "reason": "mine", "yes": "1",
                    "outcome": "solved"}  # fmt: skip
            for answer in (hands.client.get(url), hands.client.post(url, sent)):
                tried += 1
                if answer.status_code == 405:
                    continue
                if answer.status_code == 422:  # what was sent is looked at first: of nobody's thing as of another's
                    nobodys = hands.client.post(reverse(name, args=[ref[:4] + "0" * 20]), {**sent, "key": f"n{tried}"})
                    assert nobodys.status_code == 422, (name, kind)
                else:
                    assert answer.status_code == 404, (name, kind, answer.status_code)
                assert met(text_of(answer), hidden, ref) == [], (name, kind)
    assert tried > 20 and world() == before


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", TRADERS)
def test_no_list_filter_search_or_file_finds_what_is_anothers(
    scene: Scene, people: People, role: str, every: bool
) -> None:
    hands, hidden = people.at(role), secrets(scene.theirs, role)
    words = list(hidden.values()) if every else [hidden["number"]]
    asked = ("q", "supplier", "company", "status", "about", "ref") if every else ("q",)
    pages = [name for name in named(role, taking=False) if "GET" in methods(hands, name)]
    assert len(pages) > 8
    for name in pages:
        path = reverse(name)
        for word in ["", *words]:
            for parameter in asked if word else ("q",):
                query = {parameter: word} if word else {}
                assert met(text_of(hands.client.get(path, query)), hidden, word) == [], (name, query)
        for form in FORMATS:  # a file repeats nothing that was typed
            for word in ["", words[0]] if every else [""]:
                answer = hands.client.get(path, {"format": form, **({"q": word} if word else {})})
                if "text/html" not in answer.headers["Content-Type"]:
                    assert met(text_of(answer), hidden) == [], (name, form, word)


def methods(hands: object, name: str) -> set[str]:
    """Whether a URL can be opened at all."""
    return {"GET"} if hands.client.get(reverse(name)).status_code == 200 else set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("deep", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", TRADERS)
def test_nothing_of_anothers_stands_on_any_page_one_can_walk_to(
    scene: Scene, people: People, role: str, deep: bool
) -> None:
    hidden, seen = secrets(scene.theirs, role), 0
    for path, text in walk(people.at(role), most=400 if deep else 60, deep=deep):
        seen += 1
        assert met(text, hidden) == [], path
    assert seen > 15


@pytest.mark.parametrize("role", TRADERS)
def test_a_reference_in_a_form_that_is_anothers_is_refused(scene: Scene, people: People, role: str) -> None:
    """Every hidden field of every form one is offered that holds a reference of one's own, given the other side's."""
    hands, mine, theirs = people.at(role), scene.mine.refs, scene.theirs.refs
    kinds = {ref: kind for kind, ref in mine.items() if kind not in ("sku", "organization", "category")}
    swapped = 0
    for path, _text in list(walk(hands, most=60)):
        hands.page = hands.client.get(path)
        if hands.page.streaming or "text/html" not in hands.page.headers["Content-Type"]:
            continue
        for form in hands.read.forms.values():
            for field, value in form.values.items():
                if value not in kinds:
                    continue
                before = world()
                sent = {**form.values, field: theirs[kinds[value]], "key": f"s{swapped}"}
                answer = hands.client.post(form.url, sent)
                swapped += 1
                assert answer.status_code in (403, 404, 409, 422), (path, form.id, field, answer.status_code)
                assert world() == before, (path, form.id, field)
    assert swapped >= (1 if role == "supplier" else 0)


def test_what_is_refused_reads_alike_whether_it_is_anothers_or_nobodys(scene: Scene, people: People) -> None:
    for role in TRADERS:
        hands = people.at(role)
        for name in named(role, taking=True):
            kind = NATURAL.get(reverse(name, args=["xxx"]).split("/")[2], "order")
            theirs = scene.theirs.refs.get(kind, scene.theirs.refs["order"])
            answers = []
            for ref in (theirs, theirs[:4] + "0" * 20):
                answer = hands.client.get(reverse(name, args=[ref]))
                said = re.sub(r'value="[^"]*"|data-since="\d+"', "", text_of(answer)).replace(ref, "…")
                answers.append((answer.status_code, said))
            assert answers[0] == answers[1], name
    assert {role for allowed in ACCESS.values() for role in allowed} >= set(TRADERS)
