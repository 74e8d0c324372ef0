"""What happened to imports."""

from dataclasses import dataclass

from trivium.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ImportAsked(Event):
    """A file was handed in and waits for the operator's release."""


@dataclass(frozen=True, kw_only=True)
class ImportAdvanced(Event):
    """An import was released, or has done a piece; the next one is to be done."""

    piece: int


@dataclass(frozen=True, kw_only=True)
class ImportEnded(Event):
    """An import is over: done, failed or declined."""

    status: str
