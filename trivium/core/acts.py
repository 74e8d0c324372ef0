"""The frame of every command: one business act is one transaction."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from trivium.core.actor import Actor
from trivium.core.errors import JustDone
from trivium.core.history import acting

P = ParamSpec("P")
R = TypeVar("R")
_TAKEN = frozenset({"23505", "23P01"})  # unique and exclusion violations


def act(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command as one transaction; a command called by a command joins it.

    No savepoint: whatever refuses inside an act undoes the whole act, so nothing half-done can be kept by
    catching a refusal half-way. A command looks for what is there before it writes; what another wrote between the
    look and the write is stopped by a unique or exclusion constraint, and refused too. Whose act it is stands beside
    every field of master data that it changes (`core.history`).
    Refuses: JustDone.
    """
    framed = transaction.atomic(savepoint=False)(command)

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            if args and isinstance(args[0], Actor):
                with acting(args[0]):
                    return framed(*args, **kwargs)
            return framed(*args, **kwargs)
        except IntegrityError as error:
            if getattr(error.__cause__, "sqlstate", "") in _TAKEN:
                raise JustDone() from error
            raise

    return run
