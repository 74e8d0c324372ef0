"""Which account gets what: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from trivium.core.money import allocate
from trivium.core.permissions import declare
from trivium.core.states import Machine
from trivium.ledger.rules import Posting, move

PERMISSIONS = declare(
    {
        "payment.pay": ("buyer",),
        "payment.record": ("operator",),
        "refund.grant": ("supplier", "operator"),
        "statement.read": ("supplier", "partner", "operator"),
        "statement.issue": ("operator",),
        "statement.confirm": ("supplier", "partner", "operator"),
        "payout.read": ("supplier", "partner", "operator"),
        "payout.propose": ("operator",),
    }
)


class PaymentStatus(StrEnum):
    PENDING = "pending"
    RECEIVED = "received"
    FAILED = "failed"


PAYMENT = Machine(
    start=PaymentStatus.PENDING,
    final={PaymentStatus.RECEIVED},
    moves={
        (PaymentStatus.PENDING, "receive"): PaymentStatus.RECEIVED,
        (PaymentStatus.PENDING, "fail"): PaymentStatus.FAILED,
        (PaymentStatus.FAILED, "receive"): PaymentStatus.RECEIVED,  # the gateway's messages came out of order
    },
)


class PayoutStatus(StrEnum):
    PROPOSED = "proposed"
    SENT = "sent"
    DECLINED = "declined"


PAYOUT = Machine(
    start=PayoutStatus.PROPOSED,
    final={PayoutStatus.SENT, PayoutStatus.DECLINED},
    moves={
        (PayoutStatus.PROPOSED, "send"): PayoutStatus.SENT,
        (PayoutStatus.PROPOSED, "decline"): PayoutStatus.DECLINED,
    },
)


class Side(StrEnum):
    """Who has confirmed a statement; `deadline` closes it for both."""

    PARTY = "party"
    OPERATOR = "operator"
    DEADLINE = "deadline"


def is_closed(sides: Iterable[str]) -> bool:
    """Whether a statement is closed: confirmed by both sides, or by its deadline."""
    found = set(sides)
    return Side.DEADLINE in found or {Side.PARTY, Side.OPERATOR} <= found


@dataclass(frozen=True, slots=True)
class Charge:
    """A gateway's answer or message: how a payment stands there. Amounts in minor units."""

    gateway_ref: str
    payment_ref: str
    succeeded: bool
    amount: int
    currency: str
    event_id: str = ""


class PaymentGateway(Protocol):
    """What a payment connector offers. Calls carry our reference, so that a repetition is known on the other side."""

    name: str

    def charge(self, payment_ref: str, amount: int, currency: str) -> Charge | None:
        """Ask for the money; None if the answer comes by message. Raises Unavailable when it has to be asked again."""

    def refund(self, gateway_ref: str, refund_ref: str, amount: int, currency: str) -> None:
        """Send money back. Raises Unavailable when it has to be asked again."""

    def read_message(self, body: bytes, signature: str) -> Charge:
        """Check a message's signature and read it. Refuses: BadSignature."""


_gateways: dict[str, PaymentGateway] = {}


def register_gateway(gateway: PaymentGateway) -> None:
    """Make a gateway known by its name; connectors do it when they start."""
    _gateways[gateway.name] = gateway


def gateway_by_name(name: str) -> PaymentGateway | None:
    """A registered gateway."""
    return _gateways.get(name)


def gateway_names() -> list[str]:
    """All registered gateways."""
    return sorted(_gateways)


@dataclass(frozen=True, slots=True)
class RefundItem:
    """What one line gives back: goods by quantity, or money without goods by amount (minor units).

    `unshipped` goods never leave the supplier; others have come back, and go on the shelf again. `by_choice` says that
    nothing was wrong with them: a discount whose threshold the kept goods no longer reach may then be lost.
    """

    line_ref: str
    quantity: Decimal = Decimal(0)
    amount: int = 0
    unshipped: bool = False
    by_choice: bool = False


def lost_step(lost: Mapping[str, int], taken: Mapping[str, int], room: int) -> dict[str, int]:
    """What a refund is lowered by, account by account: the growth of the lost benefit, at most down to 0.

    `lost` is what is lost in all, `taken` what earlier refunds were lowered by; a part may be negative, when a later
    return gives an earlier loss back. `room` is what the refund's goods come to.
    """
    step = {account: lost.get(account, 0) - taken.get(account, 0) for account in {**lost, **taken}}
    growing = {account: amount for account, amount in sorted(step.items()) if amount > 0}
    if sum(growing.values()) > room:
        step |= dict(zip(growing, allocate(room, list(growing.values())), strict=True))
    return {account: amount for account, amount in sorted(step.items()) if amount}


def place_losses(
    step: Mapping[str, int], taken: Mapping[str, Mapping[str, int]], here: str
) -> dict[str, dict[str, int]]:
    """On which supplier order each part of a step stands: what is newly lost on the one that is refunded, `here`;
    what is given back where it was once taken, so that no supplier order pays back more than was paid for it.

    `taken` is what earlier refunds were lowered by, by supplier order and account.
    """
    placed: dict[str, dict[str, int]] = {here: {}}
    for account, amount in step.items():
        left = amount
        if left > 0:
            placed[here][account] = left
            continue
        for ref in (here, *sorted(taken.keys() - {here})):
            back = min(-left, taken.get(ref, {}).get(account, 0))
            if back > 0:
                placed.setdefault(ref, {})[account] = -back
                left += back
    return placed


@dataclass(frozen=True, slots=True)
class Shares:
    """What the parties get of a supplier order, in minor units: its lines' figures summed, and its freight."""

    operator_part: int
    partner_part: int
    supplier: int
    partner: int
    fee: int
    freight: int

    @property
    def from_buyer(self) -> int:
        """What of it the buyer has paid or gets back."""
        return self.supplier + self.partner + self.fee + self.freight - self.operator_part - self.partner_part


def completion_postings(part: str, supplier: str, partner: str, unit: str, shares: Shares) -> list[Posting | None]:
    """A completed supplier order: funders' parts into its escrow, everybody's part out; escrow ends at 0."""
    escrow = f"escrow/{part}"
    return [
        move("operator/promotions", escrow, shares.operator_part, unit),
        move(f"partner/{partner}/pending", escrow, shares.partner_part, unit),
        move(escrow, f"supplier/{supplier}/pending", shares.supplier + shares.freight, unit),
        move(escrow, f"partner/{partner}/pending", shares.partner, unit),
        move(escrow, "operator/fees", shares.fee, unit),
    ]


def reversal_postings(part: str, supplier: str, partner: str, unit: str, step: Shares) -> list[Posting | None]:
    """The same backwards, for what was given back after completion; escrow then holds what the buyer gets."""
    return [p.reversed() if p else None for p in completion_postings(part, supplier, partner, unit, step)]


@dataclass(frozen=True, slots=True)
class Source:
    """Money that funded a supplier order: the account it came from and what of it is not yet refunded."""

    id: int
    account: str
    left: int


def last_first(sources: Sequence[Source], amount: int) -> list[tuple[Source, int]]:
    """From which funding a refund is taken: the last method first.

    The sources must hold the amount; a refund never exceeds what was paid.
    """
    taken: list[tuple[Source, int]] = []
    for source in reversed(sources):
        part = min(source.left, amount)
        if part:
            taken.append((source, part))
            amount -= part
    if amount:
        raise ValueError(f"{amount} more to refund than was paid")
    return taken


def oldest_first(open_amounts: Sequence[int], amount: int) -> list[int]:
    """How a payment on account settles open amounts: the oldest first; what is left over stays in none."""
    parts = []
    for due in open_amounts:
        part = min(due, amount)
        parts.append(part)
        amount -= part
    return parts
