"""Tables of the ledger: entries and postings are append-only, balances are kept where there is a floor."""

from django.db import models
from django.db.models import F, Q

from trivium.core.fields import AmountField, RefField
from trivium.core.models import Model, Sealed


class Entry(Sealed):
    """Postings that happened together, once per key."""

    ref = RefField("ent")
    key = models.TextField()
    subject = models.TextField()
    purpose = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        # Not unique=True and db_index=True: for text those would each make a second index, for LIKE.
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_entry_key_once"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_entry_reversed_once"
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="ledger_entry_subject")]


class PostingRow(Sealed):
    """An amount that moved from a source account to a destination account."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    source = models.TextField()
    destination = models.TextField()
    amount = AmountField()
    unit = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_posting"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_posting_amount_positive"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="ledger_posting_moves"),
        ]
        indexes = [
            models.Index(fields=["source", "unit", "id"], include=["amount"], name="ledger_posting_out"),
            models.Index(fields=["destination", "unit", "id"], include=["amount"], name="ledger_posting_in"),
        ]


class Balance(Model):
    """The running sum of an account that has a floor, so that the floor can be held under this row's lock.

    `amount` is the sum of its postings, `held` that of its open holds. What the database refuses (by a
    trigger, since the rule is about the change): that `amount - held` falls and ends below the floor. A floor
    may be raised above what is there; then nothing more can be taken until enough has come in.
    """

    account = models.TextField()
    unit = models.TextField()
    amount = AmountField()
    held = AmountField(default=0)
    floor = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "unit"], name="ledger_balance_once"),
            models.CheckConstraint(condition=Q(held__gte=0), name="ledger_balance_held_not_negative"),
        ]


class Hold(Model):
    """An amount kept back on an account for a subject; captured or released exactly once (by a trigger)."""

    class Status(models.TextChoices):
        HELD = "held"
        CAPTURED = "captured"
        RELEASED = "released"

    ref = RefField("hld")
    account = models.TextField()
    unit = models.TextField()
    amount = AmountField()
    subject = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.HELD)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "unit", "subject"], name="ledger_hold_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(status="held", resolved_at__isnull=True)
                | Q(status__in=["captured", "released"], resolved_at__isnull=False),
                name="ledger_hold_resolved_when_not_held",
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="ledger_hold_subject")]


class Snapshot(Model):
    """What an account's postings up to a certain one came to. Derived: it could be taken again."""

    account = models.TextField()
    unit = models.TextField()
    upto_posting_id = models.BigIntegerField()
    amount = AmountField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "upto_posting_id"], name="ledger_snapshot_once"
            ),
        ]
        indexes = [models.Index(fields=["upto_posting_id"], name="ledger_snapshot_upto")]
