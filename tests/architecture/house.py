"""What the architecture tests read: the contracts in pyproject.toml, and the source as syntax trees."""

import ast
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "trivium"
WITHOUT_ROOMS = {"project", "core", "web", "api", "connectors", "insight"}


@functools.cache
def contract(name: str) -> dict[str, Any]:
    """One import contract by its id."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = document["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["id"] == name)


@functools.cache
def floors() -> dict[str, int]:
    """Package name → its floor, counted from the roof down: a larger number stands lower."""
    layers = contract("floors")["layers"]
    return {name.strip(" ()"): number for number, layer in enumerate(layers) for name in layer.split("|") if name}


def contexts() -> list[Path]:
    """The folders of the contexts that have the ten rooms."""
    return [folder for folder in packages() if folder.name not in WITHOUT_ROOMS]


def packages() -> list[Path]:
    """Every package directly under trivium/."""
    return sorted(path for path in PACKAGE.iterdir() if any(path.glob("**/*.py")))


def sources(*folders: Path) -> Iterator[tuple[str, ast.Module]]:
    """(path, syntax tree) of every Python file of the product, tests and migrations left out."""
    for folder in folders or (PACKAGE,):
        for path in sorted(folder.rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())
