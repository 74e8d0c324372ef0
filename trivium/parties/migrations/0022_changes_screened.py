"""A change that an admitted company asks for is screened as an application is, and what was found is kept likewise."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("parties", "0021_budgets")]

    operations = [
        migrations.AlterField(
            "screening",
            "application",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="screenings", to="parties.application"),
        ),
        migrations.AddField(
            "screening",
            "change",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="screenings", to="parties.changerequest"),
        ),
        migrations.AddConstraint(
            "screening",
            models.CheckConstraint(
                condition=Q(application__isnull=False, change=None) | Q(application=None, change__isnull=False),
                name="parties_screening_of_one",
            ),
        ),
    ]
