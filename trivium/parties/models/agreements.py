"""Agreements with the operator: drafts, published versions, signatures, and who was reminded of what."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import RefField, TranslatedField
from trivium.core.models import Model, QuerySet, Sealed
from trivium.parties.models.companies import Organization
from trivium.parties.models.people import User
from trivium.parties.rules.agreements import BOUND, TONGUES


class AgreementQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Those who write them see all; others what is published for their role."""
        if actor.is_system or actor.is_role("operator"):
            return self
        return self.filter(role=actor.role, pk__in=AgreementVersion.objects.filter(number=1).values("agreement_id"))


class Agreement(Model):
    """What companies in a role sign with the operator. The draft is what its next version will say."""

    ref = RefField("agr")
    role = models.CharField(max_length=10)
    title = TranslatedField()
    text = TranslatedField()
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    drafted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(role__in=list(BOUND)), name="parties_agreement_role_known")]


class AgreementVersion(Sealed):
    """A published text, and how it binds. Hashes are SHA-256 of title, empty line and text; `hash_all` is of both."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = TranslatedField()
    text = TranslatedField()
    hash_en = models.CharField(max_length=64)
    hash_zh = models.CharField(max_length=64)
    hash_all = models.CharField(max_length=64)
    is_required = models.BooleanField()
    binds_from = models.DateTimeField()
    valid_days = models.PositiveSmallIntegerField(null=True)
    replaces_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="parties_agreement_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="parties_agreement_version_counts"),
            models.CheckConstraint(condition=Q(binds_from__gt=F("published_at")), name="parties_agreement_has_notice"),
            models.CheckConstraint(
                condition=Q(valid_days=None) | Q(valid_days__gte=1), name="parties_agreement_valid_for_days"
            ),
            models.CheckConstraint(
                condition=Q(replaces_at=None) | Q(replaces_at__gte=F("binds_from")),
                name="parties_agreement_replaces_when_it_binds",
            ),
            models.CheckConstraint(
                condition=Q(number__gt=1) | Q(replaces_at__isnull=False), name="parties_agreement_first_asks"
            ),
        ]
        indexes = [
            models.Index(fields=["replaces_at"], name="parties_agreements_replacing"),
            models.Index(fields=["binds_from"], name="parties_agreements_binding"),
        ]


class AgreementSignature(Sealed):
    """A person has signed a version for a company: in which language, from which network, until when it counts."""

    ref = RefField("ags")
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    text_hash = models.CharField(max_length=64)
    hash_all = models.CharField(max_length=64)
    network = models.CharField(max_length=50, blank=True)
    via = models.CharField(max_length=60)
    signed_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version", "round"], name="parties_signed_once"),
            models.CheckConstraint(condition=Q(round__gte=1), name="parties_signature_round_counts"),
            models.CheckConstraint(condition=Q(language__in=list(TONGUES)), name="parties_signed_in_language"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("signed_at")), name="parties_signature_has_length"
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"], condition=Q(valid_until__isnull=False), name="parties_signatures_lapsing"
            )
        ]


class AgreementReminder(Sealed):
    """A company was told so many days before it would have to sign: each once."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "agreement", "due_at", "days"], name="parties_reminded_once"
            )
        ]
