"""Tables of settlement."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import AmountField, CurrencyField, QuantityField, RefField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.settlement.rules import PaymentStatus, PayoutStatus, Side

ORGANIZATION = "parties.Organization"


class Payment(Model):
    """A buyer's payment for an order, through a gateway or by bank transfer."""

    ref = RefField("pay")
    order = models.ForeignKey("ordering.Order", models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=40)
    gateway_ref = models.CharField(max_length=80)
    amount = AmountField()
    currency = CurrencyField()
    status = models.CharField(max_length=10, default=PaymentStatus.PENDING)
    surplus = AmountField(default=0)
    started_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref"], condition=~Q(gateway_ref=""), name="settlement_gateway_ref_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, surplus__gte=0, surplus__lte=F("amount")), name="settlement_payment_sane"
            ),
            models.CheckConstraint(
                condition=~Q(status="received") | Q(received_at__isnull=False), name="settlement_received_has_time"
            ),
        ]


class Funding(Model):
    """Money that lies, or lay, in a supplier order's escrow: from which account it came, and what went back there."""

    supplier_order = models.ForeignKey("ordering.SupplierOrder", models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    account = models.CharField(max_length=80)
    amount = AmountField()
    refunded = AmountField(default=0)
    currency = CurrencyField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, refunded__gte=0, refunded__lte=F("amount")), name="settlement_funding_sane"
            )
        ]


class ReceivableQuerySet(QuerySet):
    def open(self) -> Self:
        """Those of which something is still owed."""
        return self.filter(amount__gt=F("credited") + F("paid"))


class Receivable(Model):
    """What a buyer owes on account for one order: amount less credited (refunds) less paid."""

    order = models.OneToOneField("ordering.Order", models.PROTECT, related_name="+")
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount = AmountField()
    credited = AmountField(default=0)
    paid = AmountField(default=0)
    at = models.DateTimeField()

    objects: ClassVar[Any] = ReceivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(credited__gte=0, paid__gte=0, amount__gte=F("credited") + F("paid")),
                name="settlement_receivable_sane",
            )
        ]
        indexes = [
            models.Index(
                fields=["buyer", "id"], condition=Q(amount__gt=F("credited") + F("paid")), name="settlement_open"
            )
        ]


class AccountReceipt(Sealed):
    """Money a buyer has sent to settle its account, by the bank's own reference."""

    ref = RefField("rcp")
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=80, unique=True)
    amount = AmountField()
    currency = CurrencyField()
    at = models.DateTimeField()


class GatewayPayout(Sealed):
    """Money a gateway has passed on to the bank: `amount` arrived, `fee` the gateway kept."""

    ref = RefField("gpo")
    gateway = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, unique=True)
    amount = AmountField()
    fee = AmountField()
    currency = CurrencyField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, fee__gte=0), name="settlement_gateway_payout_sane")
        ]


class BankLine(Sealed):
    """A line of the bank's statement that has been booked, and the document it was booked for."""

    reference = models.CharField(max_length=80, unique=True)
    subject = models.CharField(max_length=60)
    at = models.DateTimeField()


class Release(Sealed):
    """A completed supplier order's escrow has been paid out by the split its lines carry."""

    supplier_order = models.OneToOneField("ordering.SupplierOrder", models.PROTECT, related_name="+")
    supplier_waits_for_buyer = models.BooleanField()
    at = models.DateTimeField()


class Refund(Sealed):
    """Money given back to a buyer for one supplier order: `amount` includes `freight`."""

    ref = RefField("rfd")
    supplier_order = models.ForeignKey("ordering.SupplierOrder", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    amount = AmountField()
    freight = AmountField()
    currency = CurrencyField()
    reason = models.CharField(max_length=500)
    after_completion = models.BooleanField()
    granted_by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, freight__gte=0, freight__lte=F("amount")), name="settlement_refund_sane"
            )
        ]


class RefundLine(Sealed):
    """What a refund changed on one line: quantity or amount given back, and the buyer's money for it."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey("ordering.OrderLine", models.PROTECT, related_name="+")
    quantity = QuantityField()
    unshipped = models.BooleanField()
    amount = AmountField()


class RefundSource(Sealed):
    """Where a refund's money went: the account it once came from, and what the gateway has to send back."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="sources")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    account = models.CharField(max_length=80)
    amount = AmountField()


class RefundLoss(Sealed):
    """What a refund was lowered by for a discount the buyer's own return has lost, by the account that had funded it.

    Negative where a later return gave an earlier loss back.
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="losses")
    account = models.CharField(max_length=80)
    amount = AmountField()


class Series(Model):
    """The next number of a gapless series."""

    name = models.CharField(max_length=40, unique=True)
    next = models.PositiveIntegerField(default=1)


class StatementQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all, a supplier or partner those of its own workspace."""
        if actor.is_system or actor.is_role("operator"):
            return self
        return self.filter(party_id=actor.organization_id, role=actor.role)


class Statement(Sealed):
    """What moved on a party's pending account in a period, and what becomes payable by it. Never changed once issued:
    corrections stand on the next one. `opening` is a minus carried over from the statement before."""

    ref = RefField("stm")
    number = models.CharField(max_length=30, unique=True)
    party = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    currency = CurrencyField()
    period_start = models.DateTimeField(null=True)
    period_end = models.DateTimeField()
    opening = AmountField()
    total = AmountField()
    issued_at = models.DateTimeField()
    confirm_by = models.DateTimeField()

    objects: ClassVar[Any] = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opening__lte=0), name="settlement_opening_is_a_minus"),
        ]
        indexes = [models.Index(fields=["party", "role", "-id"], name="settlement_statements_of")]


class StatementLine(Sealed):
    """One movement of the party's pending account: a posting, on exactly one statement."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    account = models.CharField(max_length=80)
    posting_id = models.BigIntegerField()
    subject = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    amount = AmountField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "posting_id"], name="settlement_posting_on_one_statement"),
        ]


class StatementConfirmation(Sealed):
    """One side's word on a statement. Nobody confirms for both."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="confirmations")
    side = models.CharField(max_length=10)
    person_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "side"], name="settlement_side_confirms_once"),
            models.UniqueConstraint(
                fields=["statement", "person_id"],
                condition=Q(person_id__isnull=False),
                name="settlement_nobody_confirms_both",
            ),
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="settlement_side_known"),
        ]


class Payout(Model):
    """Money that leaves for a party; sent only on the word of two distinct people. A declined one stays as it is and
    may be proposed anew: that is the first word of the two then, `proposed_by`. `account` is where it goes, in force
    when it was proposed and not changed after: two people approve an amount to an account.
    """

    ref = RefField("pyo")
    party = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    currency = CurrencyField()
    amount = AmountField()
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="+")
    account = models.ForeignKey("parties.BankAccount", models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, default=PayoutStatus.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = StatementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="settlement_payout_positive"),
            models.UniqueConstraint(
                fields=["statement"], condition=~Q(status="declined"), name="settlement_one_payout_lives"
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="settlement_sent_has_time"
            ),
        ]
