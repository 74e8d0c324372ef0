"""Files: every one stands in a room that the house knows, and is of a size one can read."""

import ast
import subprocess

import pytest

from tests.architecture import house

TOP = set(
    """
    README.md README.zh-CN.md CONTRIBUTING.md CHANGELOG.md LICENSE Makefile pyproject.toml package.json
    package-lock.json compose.yaml conftest.py .gitignore .ci requirements docs tools demo benchmarks tests trivium
""".split()
)
DRAWERS = set("utils helpers services managers signals serializers admin common base misc".split())
NAMED_BY_DJANGO = {"trivium/core/postgres/base.py"}  # a database backend has to be called that
ROOMS_WITH_DOCSTRINGS = {"commands", "queries", "events", "rules", "facts"}
BESIDE_ROOMS = {"__init__", "migrations", "templates"}
LONGEST = 400


def kept_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=house.ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git clone")
    return [name for name in listed.stdout.splitlines() if (house.ROOT / name).exists()]


def test_nothing_stands_outside_the_house():
    assert {name.split("/")[0] for name in kept_files()} <= TOP


def test_contexts_have_only_the_ten_rooms():
    rooms = {layer.strip("()") for layer in house.contract("rooms")["layers"]} | BESIDE_ROOMS
    found = {
        f"{folder.name}/{entry.name}"
        for folder in house.contexts()
        for entry in folder.iterdir()
        if entry.name != "__pycache__" and entry.stem not in rooms
    }
    assert found == set()


def test_there_are_no_drawers():
    found = {path for path, _ in house.sources() if path.split("/")[-1].removesuffix(".py") in DRAWERS}
    assert found == NAMED_BY_DJANGO


def test_files_are_of_readable_length():
    written = [name for name in kept_files() if name.endswith(".py") and "/migrations/" not in name]
    lengths = {name: len((house.ROOT / name).read_text().splitlines()) for name in written}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_what_other_contexts_call_is_documented():
    silent = [
        f"{path}: {node.name}"
        for folder in house.contexts()
        for path, tree in house.sources(folder)
        if path.split("/")[2].removesuffix(".py") in ROOMS_WITH_DOCSTRINGS
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []
