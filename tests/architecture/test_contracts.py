"""Imports: every package stands in the contracts, and the contracts hold."""

import subprocess
import sys

from tests.architecture import house


def test_every_package_has_a_floor():
    assert {folder.name for folder in house.packages()} <= set(house.floors())


def test_every_context_is_held_to_the_rooms():
    listed = house.contract("rooms")["containers"]
    assert sorted(listed) == sorted(f"trivium.{folder.name}" for folder in house.contexts())


def test_the_import_contracts_hold():
    script = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", script, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=house.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_is_content():
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=house.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
