"""The frame of every command: one business act is one transaction."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from trivium.core.actor import Actor
from trivium.core.errors import Denied, JustDone
from trivium.core.history import acting, begins_here

P = ParamSpec("P")
R = TypeVar("R")
_TAKEN = frozenset({"23505", "23P01"})  # unique and exclusion violations


Guard = Callable[[Actor, str], None]
_guards: list[Guard] = []
_acts: list[str] = []


def guard_entries(guard: Guard) -> None:
    """Make known who says which acts may begin in an entry (`Actor.entry`), and writes them down."""
    _guards[:] = [guard]


def known_acts() -> list[str]:
    """Every act by context and name, for the tests of what entries are refused."""
    return list(_acts)


def _name_of(command: Callable[..., object]) -> str:
    return f"{command.__module__.split('.')[1]}.{command.__name__}"


def _guarded(command: Callable[P, R]) -> Callable[P, R]:
    """In an entry, the outermost act is asked for; what it calls is part of it. Without a guard nothing is let in."""
    name = _name_of(command)

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args and isinstance(args[0], Actor) and args[0].entry and begins_here():
            for guard in _guards:
                guard(args[0], name)
            if not _guards:
                raise Denied(permission=name)
        return command(*args, **kwargs)

    return run


def act(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command as one transaction; a command called by a command joins it.

    No savepoint: whatever refuses inside an act undoes the whole act, so nothing half-done can be kept by
    catching a refusal half-way. A command looks for what is there before it writes; what another wrote between the
    look and the write is stopped by a unique or exclusion constraint, and refused too. Whose act it is stands beside
    every field of master data that it changes (`core.history`).
    Refuses: JustDone.
    """
    framed = transaction.atomic(savepoint=False)(_guarded(command))
    _acts.append(_name_of(command))

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
