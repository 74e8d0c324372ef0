"""Postings, and which accounts have a floor. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount of one unit moves from a source account to a destination account.

    What leaves the one arrives at the other, so whatever is built of postings balances per unit. The amount
    is a positive integer (minor units of a currency, or points); the accounts differ. Anything else is a bug.
    """

    source: str
    destination: str
    amount: int
    unit: str

    def __post_init__(self) -> None:
        if (
            self.amount <= 0
            or self.source == self.destination
            or not (self.source and self.destination and self.unit)
        ):
            raise ValueError(f"not a posting: {self}")

    def reversed(self) -> "Posting":
        """The same amount on its way back."""
        return Posting(self.destination, self.source, self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted: its postings happen together, once per `key`.

    `subject` is the reference of what it is about, `purpose` says in one word why. An entry may have no
    postings (an order of total nothing is completed too); None among them is skipped, so that `move` can be
    used in place.
    """

    key: str
    subject: str
    purpose: str
    postings: Sequence[Posting | None]


@dataclass(frozen=True, slots=True)
class NewHold:
    """An amount to be kept back on an account with a floor until it is captured or released."""

    account: str
    unit: str
    amount: int
    subject: str

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError(f"not a hold: {self}")


def move(source: str, destination: str, signed_amount: int, unit: str) -> Posting | None:
    """A posting for an amount of either sign: a negative one goes the other way, zero is none at all."""
    if signed_amount > 0:
        return Posting(source, destination, signed_amount, unit)
    if signed_amount < 0:
        return Posting(destination, source, -signed_amount, unit)
    return None


def net(postings: Iterable[Posting | None]) -> dict[Account, int]:
    """What the postings change, by (account, unit); accounts on which they cancel out are left out."""
    changes: dict[Account, int] = defaultdict(int)
    for posting in postings:
        if posting is not None:
            changes[posting.source, posting.unit] -= posting.amount
            changes[posting.destination, posting.unit] += posting.amount
    return {account: amount for account, amount in changes.items() if amount}


_floors: list[tuple[re.Pattern[str], int]] = []


def declare_floor(pattern: str, floor: int) -> None:
    """Give every account of a shape a floor from its first posting on; `*` stands for one step of the path.

    Declaring it, rather than opening each account, is what lets the first posting open the balance by itself:
    whoever posts first, nobody can post beside it. A single account's floor is changed by
    `commands.set_floor`.
    """
    shape = "/".join("[^/]+" if step == "*" else re.escape(step) for step in pattern.split("/"))
    _floors.append((re.compile(shape), floor))


def floor_of(account: str) -> int | None:
    """The floor declared for accounts of this shape (the last declaration wins), or None."""
    for shape, floor in reversed(_floors):
        if shape.fullmatch(account):
            return floor
    return None


# Words of bookkeeping, not of a trade: what is kept for others cannot be paid out twice, what is owed to us
# has no credit line until one is given, a budget ends at nothing.
declare_floor("escrow/*", 0)
declare_floor("*/*/payable", 0)
declare_floor("*/*/receivable", 0)
declare_floor("*/*/budget/*", 0)
declare_floor("*/*/budget/*/*", 0)
