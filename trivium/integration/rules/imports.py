"""Imports: their states, rights, and what whoever reads a file has to offer. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from trivium.core.actor import Actor
from trivium.core.permissions import declare
from trivium.core.states import Machine
from trivium.parties.rules import Role


class Kind(StrEnum):
    """What a file holds: old invoices to trade, or a supplier's own goods with prices and stock."""

    INVOICES = "invoices"
    GOODS = "goods"


class Status(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DECLINED = "declined"


IMPORT_JOB = Machine(
    start=Status.WAITING,
    final={Status.DONE, Status.DECLINED},
    moves={
        (Status.WAITING, "release"): Status.RUNNING,
        (Status.WAITING, "decline"): Status.DECLINED,
        (Status.RUNNING, "finish"): Status.DONE,
        (Status.RUNNING, "fail"): Status.FAILED,
        (Status.FAILED, "release"): Status.RUNNING,
        (Status.FAILED, "decline"): Status.DECLINED,
    },
)

PERMISSIONS = declare(
    {
        "import.ask": (Role.OPERATOR, Role.SUPPLIER),
        "import.release": (Role.OPERATOR,),
    }
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is, from its first row on. Rows and amounts = traded + kept; `known` of the traded were there
    before. `kept_bytes` is how much of the quarantine file is good.
    """

    rows: int = 0
    amount: int = 0
    traded_lines: int = 0
    traded_amount: int = 0
    known_lines: int = 0
    orders: int = 0
    kept_lines: int = 0
    kept_amount: int = 0
    kept_bytes: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """What an importer is given: whose file, on whose word, and how far it has come.

    `supplier` is the supplier's workspace, worked by the platform; `releaser` is the person on whose word it is done.
    `language` is in which the quarantine file says why.
    """

    ref: str
    path: Path
    quarantine: Path
    supplier: Actor
    releaser: Actor
    done: Progress
    language: str = "en"


class Importer(Protocol):
    """Reads a kind of file and trades it."""

    def check(self, path: Path) -> int | None:
        """How many rows a file has, if it says so.

        Refuses: NotInvoices or NotASheet, MissingColumns.
        """

    def work(self, piece: Piece, keep: Callable[[Progress], None], *, seconds: float) -> bool:
        """Go on from where the piece stands for about so long, telling `keep` what is safely done; whether it is over.

        Killed at any moment and begun anew from what was kept last, it neither doubles nor loses a line.
        """


_importers: dict[str, Importer] = {}


def register_importer(kind: Kind, importer: Importer) -> None:
    """Make an importer known; its connector does this when the program starts."""
    _importers[kind] = importer


def importer(kind: str) -> Importer:
    """Whoever reads files of this kind."""
    return _importers[kind]
