"""How much somebody may order in a calendar month without an approval."""

from django.db import migrations, models

import trivium.core.fields

SANE = models.Q(monthly_limit=None) | models.Q(monthly_limit__gte=0)


class Migration(migrations.Migration):
    dependencies = [("parties", "0017_papers")]

    operations = [
        migrations.AddField("membership", "monthly_limit", trivium.core.fields.AmountField(null=True)),
        migrations.AddField("invitation", "monthly_limit", trivium.core.fields.AmountField(null=True)),
        migrations.AddConstraint(
            "membership", models.CheckConstraint(condition=SANE, name="parties_membership_month_sane")
        ),
        migrations.AddConstraint(
            "invitation", models.CheckConstraint(condition=SANE, name="parties_invitation_month_sane")
        ),
    ]
