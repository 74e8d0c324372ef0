"""Every field of every form says what is meant by it (that each text is translated: tests/architecture)."""

import ast
from html.parser import HTMLParser
from pathlib import Path

import pytest

from trivium import web
from trivium.web.tests.test_pages import pages_of, traded  # noqa: F401

pytestmark = pytest.mark.django_db

ROOT = Path(web.__file__).parent
KIND, HELP = 2, 4  # places of the arguments of Field


def fields_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Field":
            yield node, {each.arg: each.value for each in node.keywords}


def test_no_field_is_written_without_help():
    silent = []
    for path in ROOT.rglob("*.py"):
        for node, named in fields_of(path) if "tests" not in path.parts else ():
            kind = named.get("kind") or (node.args[KIND] if len(node.args) > KIND else None)
            if isinstance(kind, ast.Constant) and kind.value == "hidden":
                continue
            said = named.get("help") or (node.args[HELP] if len(node.args) > HELP else None)
            if said is None or (isinstance(said, ast.Constant) and not said.value):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


class Helped(HTMLParser):
    """The fields of a page, what describes them, and the texts with an id."""

    def __init__(self, html):
        super().__init__()
        self.fields, self.texts, self._open = [], {}, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        if tag in ("input", "select", "textarea", "fieldset"):
            self.fields.append((tag, found))
        if tag not in ("input", "img", "br", "link", "meta", "use", "option"):
            self._open.append((tag, found.get("id", "")))
            self.texts.setdefault(found.get("id", ""), "")

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _tag, key in self._open:
            self.texts[key] += data.strip()

    def silent(self):
        """The names of fields that nothing describes."""
        for tag, its in self.fields:
            if its.get("type") in ("hidden", "radio") or tag == "fieldset" or "data-all" in its:
                continue
            if its.get("type") == "search" and its.get("placeholder"):
                continue
            if its.get("form") == "bulk" and its.get("aria-label"):
                continue
            if not any(self.texts.get(key) for key in its.get("aria-describedby", "").split()):
                yield its.get("name") or tag


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_field_on_every_page_is_described(traded, people, language):  # noqa: F811
    silent = {}
    for hands in people(language):
        pages = [*pages_of(traded, hands.actor.role), "keys/", "imports/", "work/"]
        for path in pages:
            page = hands.client.get(f"/{hands.actor.role}/{path}")
            if page.status_code == 200 and (found := set(Helped(page.content.decode()).silent())):
                silent[hands.actor.role, path] = found
    assert silent == {}
