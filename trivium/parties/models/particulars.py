"""What a company says of itself beside its name: contacts, bank accounts, and the changes that wait for a review."""

from django.db import models
from django.db.models import Q

from trivium.core.fields import EncryptedTextField, FingerprintField, RefField
from trivium.core.models import Model
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import User
from trivium.parties.rules.particulars import ChangeKind, ChangeStatus


class Contact(Model):
    """Whom to call in a company, and for what. It may be somebody without a sign-in."""

    keeps_history = True

    ref = RefField("con")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=60, blank=True)
    phone = EncryptedTextField(found_by="phone")
    phone_print = FingerprintField("phone")
    email = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization"], name="parties_contacts_of_company")]


class BankAccount(Model):
    """Where a company is paid, from when until when. One is in force; an account is replaced, never rewritten."""

    keeps_history = True

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    holder = models.CharField(max_length=200)
    bank = models.CharField(max_length=120, blank=True)
    account = EncryptedTextField(found_by="bank account")
    account_print = FingerprintField("account", "bank account")
    last_four = models.CharField(max_length=4, blank=True)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(ended_at=None), name="parties_one_bank_account_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("starts_at")), name="parties_account_has_length"
            ),
        ]
        indexes = [models.Index(fields=["account_print"], name="parties_same_account")]


class ChangeRequest(Model):
    """A change of a legal name, a company number or a bank account that the operator looks at first.

    Until it is approved the old values are in force. `was` and `wanted` are the fields before and after, as JSON,
    encrypted: a bank account may be among them.
    """

    ref = RefField("chg")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=10, default=ChangeStatus.WAITING)
    was = EncryptedTextField()
    wanted = EncryptedTextField()
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"], condition=Q(status=ChangeStatus.WAITING),
                name="parties_one_change_waiting",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ChangeKind)), name="parties_change_kind_known"),
            models.CheckConstraint(condition=Q(status__in=list(ChangeStatus)), name="parties_change_status_known"),
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.WAITING, decided_at=None)
                | ~Q(status=ChangeStatus.WAITING) & Q(decided_at__isnull=False),
                name="parties_change_decided_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ChangeStatus.APPROVED, ChangeStatus.DECLINED])
                | Q(asked_by=None) | ~Q(decided_by=models.F("asked_by")),
                name="parties_change_not_by_its_asker",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["asked_at"], condition=Q(status="waiting"), name="parties_changes_waiting")]
