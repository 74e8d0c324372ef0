"""The frame of every command: one business act is one transaction."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def act(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command as one transaction; a command called by a command joins it.

    No savepoint: whatever refuses inside an act undoes the whole act, so nothing half-done can be kept by
    catching a refusal half-way.
    """
    return transaction.atomic(savepoint=False)(command)
