"""Templates: they know our filters and functions only, switch no escaping off, and hold no logic of their own."""

from pathlib import Path

import pytest
from django.template import engines
from jinja2 import nodes

from tests.architecture import house

UNESCAPED = {"api/docs.html": 1}  # JSON that ends no element: api/docs.py sees to that
NOT_HERE = (nodes.Macro, nodes.CallBlock, nodes.Import, nodes.FromImport, nodes.ScopedEvalContextModifier)

TEMPLATES = sorted(path for kind in ("html", "txt") for path in house.PACKAGE.rglob(f"templates/**/*.{kind}"))


def name_of(path: Path) -> str:
    return str(path).partition("/templates/")[2]


def tree_of(path: Path) -> nodes.Template:
    return engines.all()[0].env.parse(path.read_text(), name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_compiles(path):
    """A filter or function nobody knows is found here, and not by whoever opens the page."""
    engines.all()[0].get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_only_show(path):
    assert [type(each).__name__ for each in tree_of(path).find_all(NOT_HERE)] == []


def test_escaping_is_switched_off_nowhere_else():
    found = {
        name_of(path): sum(each.name in ("safe", "mark_safe") for each in tree_of(path).find_all(nodes.Filter))
        for path in TEMPLATES
    }
    assert {name: count for name, count in found.items() if count} == UNESCAPED
