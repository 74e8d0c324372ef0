"""The pages on pricing and commission say what the code does."""

import doctest
import re
from pathlib import Path

import pytest

from trivium.core.money import to_minor
from trivium.pricing.tests import worked

PAGES = Path(__file__).resolve().parents[3] / "docs" / "algorithms"


@pytest.mark.parametrize("page", ["pricing.md", "commission.md"])
def test_the_code_on_the_page_runs(page: str) -> None:
    result = doctest.testfile(str(PAGES / page), module_relative=False, encoding="utf-8")
    assert result.attempted > 3
    assert result.failed == 0


@pytest.mark.parametrize("mode", worked.EXPECTED)
def test_the_tables_of_the_worked_example_hold(mode: str) -> None:
    text = (PAGES / "commission.md").read_text(encoding="utf-8")
    _before, table = text.split(f"<!-- example: {mode} -->", 1)
    rows = re.findall(r"^\| (\w+) \| (-?[\d.]+) \| (-?[\d.]+) \|$", table.split("\n\n", 1)[0], re.MULTILINE)
    printed = {name: (to_minor(a, "CNY"), to_minor(c, "CNY")) for name, a, c in rows}
    assert printed == worked.EXPECTED[mode]
    by_sku = [worked.figures(trail.stages, split) for trail, split in worked.by_rules(mode).values()]
    assert printed == {name: (by_sku[0][name], by_sku[1][name]) for name in printed}
