"""The demonstration comes in by the doors' way: it calls commands and queries, and writes no row itself."""

import ast
from pathlib import Path

import demo

FOLDER = Path(demo.__file__).parent
OPEN = {"commands", "queries", "rules"}
MECHANISMS = {"core", "project"}


def imported() -> set[str]:
    """Every module of the product that the demonstration imports, with the names it takes of it."""
    found = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trivium"):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_open_rooms_are_entered():
    modules = imported()
    assert modules
    closed = [m for m in modules if m.split(".")[1] not in MECHANISMS and m.split(".")[2] not in OPEN]
    assert closed == []


def test_no_row_is_written_by_hand():
    for path in FOLDER.glob("*.py"):
        text = path.read_text()
        for word in (".objects", "bulk_create", "INSERT ", "UPDATE ", "DELETE "):
            assert word not in text, (path.name, word)
