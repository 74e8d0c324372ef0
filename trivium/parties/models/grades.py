"""Partner grades: what the operator lets partners of a kind do."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from trivium.core.fields import AmountField, CurrencyField, RefField, TranslatedField
from trivium.core.models import Model
from trivium.parties.rules import Size


class PartnerGrade(Model):
    """A set of rights that partners of this grade have; of the graded rights they have no other.

    `rank` orders grades, the higher the better; one is suggested from `from_size` and `from_volume` (expected orders
    a year, minor units) on.
    """

    keeps_history = True

    ref = RefField("grd")
    name = TranslatedField()
    rank = models.PositiveSmallIntegerField()
    rights = ArrayField(models.CharField(max_length=40))
    from_size = models.CharField(max_length=10, default=Size.MICRO)
    from_volume = AmountField(default=0)
    currency = CurrencyField(default="CNY")
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rank"], condition=Q(ended_at=None), name="parties_one_grade_per_rank"),
            models.CheckConstraint(condition=Q(from_size__in=list(Size)), name="parties_grade_size_known"),
            models.CheckConstraint(condition=Q(from_volume__gte=0, rank__gte=1), name="parties_grade_is_sane"),
        ]
