"""How payments, refunds, statements and explanations look."""

import datetime as dt
from decimal import Decimal
from typing import Any

from pydantic import Field

from trivium.api.v1.orders import StageView
from trivium.api.v1.shapes import (
    Amount,
    Currency,
    Day,
    Flag,
    Given,
    Instant,
    Moment,
    Money,
    Party,
    Quantity,
    Reason,
    Ref,
    Shown,
)
from trivium.ordering.rules import MAX_LINES
from trivium.parties.rules import Renewal

# -- given -------------------------------------------------------------------------------------------------------------

Reference = str


class PaymentAsked(Given):
    """Through which gateway; the first one if none is named."""

    gateway: str = Field("", max_length=40, examples=["sandbox"])


class TransferGiven(Given):
    """What the bank says."""

    amount: Amount
    reference: Reference = Field(max_length=80, description="The bank's own; each counts once.")
    to_send_back: Flag = Field(
        False, description="Nothing is due any more: keep the money until it is sent back to the buyer."
    )


class TransferToReturn(Shown):
    """A transfer, or a part of one, that came too much and has to be sent back to its buyer."""

    ref: str
    order_ref: str
    order_number: str
    buyer_name: str
    amount: Money
    currency: str
    received_at: Moment


class ReturnGiven(Given):
    """What the bank says of the money sent back."""

    reference: Reference = Field(max_length=80, description="The bank's own; each counts once.")


class GatewayMoney(Shown):
    """What a payment gateway holds: taken in, less sent back and paid out. Below 0 it has advanced money."""

    gateway: str
    currency: str
    held: Money


class GatewayPayoutGiven(Given):
    """What a gateway has paid out: `amount` arrived at the bank, `fee` it kept."""

    amount: Amount
    fee: Amount
    currency: Currency
    reference: Reference = Field(max_length=80, description="The bank's own; each counts once.")


class RefundLine(Given):
    """What of a line is given back: goods by quantity, or money without goods.

    `unshipped` goods never leave. `by_choice`: nothing was wrong with them, so a discount whose threshold the kept
    goods no longer reach may be lost.
    """

    line_ref: Ref
    quantity: Quantity = Decimal(0)
    amount: Amount = "0"
    unshipped: Flag = False
    by_choice: Flag = False


class RefundGiven(Given):
    """What is given back. Freight is refunded by fault, so it is named. Goods go on the shelf again with `restock`."""

    lines: list[RefundLine] = Field([], max_length=MAX_LINES)
    freight: Amount = "0"
    reason: Reason
    restock: Flag = True


class Issue(Given):
    """Up to which moment; now if none is named."""

    until: Moment | None = None


class Receipt(Given):
    """Money that settles an account."""

    amount: Amount
    currency: Currency
    reference: Reference = Field(max_length=80, description="The bank's own; each counts once.")


class CreditGiven(Given):
    """A credit limit."""

    limit: Amount
    currency: Currency


class BudgetGiven(Given):
    """What is left of a budget; who may order on it (null for everybody; of a department those below it too), and from
    which day to which, both included. One that renews begins each calendar month, quarter or year with the amount."""

    amount: Amount
    currency: Currency
    cost_centre_ref: Ref | None = None
    department_ref: Ref | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    renews: Renewal = Renewal.ONCE


# -- shown -------------------------------------------------------------------------------------------------------------


class BudgetPeriodView(Shown):
    """A period of a budget that renews (null: from before it did)."""

    period: str | None
    left: Money
    held: Money
    spent: Money


class BudgetView(Shown):
    """A budget: what is left of it, what waiting orders hold and what was spent, in this period if it renews; for whom
    it is (null: everybody). `amount` is what each period begins with."""

    code: str
    currency: str
    left: Money
    held: Money
    spent: Money
    renews: str
    amount: Money | None
    period: str | None
    past: list[BudgetPeriodView]
    cost_centre_ref: str | None
    department_ref: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None


class PaymentView(Shown):
    """A payment under way or received."""

    ref: str
    gateway: str
    status: str
    amount: Money
    currency: str


class PaymentRow(PaymentView):
    """A payment of an order. `surplus` came too much and goes back."""

    surplus: Money
    started_at: Instant
    received_at: Instant | None


class RefundMade(Shown):
    """A refund. What the buyer gets is not the supplier's to see."""

    ref: str
    currency: str
    freight: Money
    amount: Money | None = None


class RefundRow(RefundMade):
    """A refund that was granted."""

    kind: str
    reason: str
    after_completion: bool
    at: Instant


class ContractMade(Shown):
    """A contract version a line was split under."""

    ref: str
    kind: str
    version: int
    terms: dict[str, Any]
    terms_hash: str


class Booked(Shown):
    """A movement on an account the reader may see, as a signed amount of that account."""

    at: Instant
    purpose: str
    account: str
    amount: Money
    currency: str


class Explanation(Shown):
    """Why a line costs what it costs, and where its money goes."""

    line_ref: str
    order_ref: str
    supplier_order_ref: str
    currency: str
    mode: str
    trail: list[StageView]
    figures: dict[str, Money]
    given_back: dict[str, Money]
    contracts: list[ContractMade]
    books: list[Booked]


class Confirmed(Shown):
    """Who confirmed a statement, and when."""

    side: str
    at: Instant


class StatementRow(Shown):
    """A statement. `confirm_by` is null once it is closed."""

    ref: str
    number: str
    role: str
    party: Party
    currency: str
    period_start: Instant | None
    period_end: Instant
    opening: Money
    total: Money
    issued_at: Instant
    confirm_by: Instant | None
    status: str
    confirmations: list[Confirmed]


class StatementLineView(Shown):
    """One movement a statement states."""

    subject: str
    purpose: str
    amount: Money
    at: Instant


class PayoutOf(Shown):
    """The payout a statement led to."""

    ref: str
    status: str
    amount: Money
    sent_at: Instant | None


class StatementView(StatementRow):
    """A statement with every line."""

    lines: list[StatementLineView]
    payout: PayoutOf | None


class Issued(Shown):
    """The statements that were issued."""

    statement_refs: list[str]


class StatementClosed(Shown):
    """Whether a confirmation closed the statement."""

    ref: str
    closed: bool


class OpenAccount(Shown):
    """What a buyer owes on account: how much, for how many orders, since when."""

    buyer_ref: str
    buyer_name: str
    currency: str
    amount: Money
    orders: int
    since: Instant


class PaidStatement(Shown):
    """The statement a payout pays."""

    ref: str
    number: str


class PayoutRow(Shown):
    """A payout. `account` is where it goes, as it was proposed; nobody can approve it once `account_moved`.

    Its last four digits, except to those of the operator who propose payouts.
    """

    ref: str
    role: str
    party: Party
    statement: PaidStatement
    account: str
    account_holder: str
    account_moved: bool
    currency: str
    amount: Money
    status: str
    proposed_at: Instant
    sent_at: Instant | None
