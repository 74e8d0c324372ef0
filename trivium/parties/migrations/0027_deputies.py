"""Whom an approver has named to decide in their stead, and on which days."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields
import trivium.parties.models.approvals
from trivium.core.migrations_sql import keep_history

COMPANY, PERSON = "parties_organization", "parties_user"


def to_person() -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.user")


class Migration(migrations.Migration):
    dependencies = [("parties", "0026_cost_centre_of_company")]

    operations = [
        migrations.CreateModel(
            "Deputy",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", trivium.core.fields.RefField(prefix="dpt")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("approver", to_person()),
                ("deputy", to_person()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parties.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(deputy=models.F("approver")), name="parties_deputy_is_not_oneself"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                        name="parties_deputy_has_days",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="parties_one_deputy_at_a_time",
                        expressions=[
                            ("organization", "="),
                            ("approver", "="),
                            (trivium.parties.models.approvals.DayRange("starts_on", "ends_on"), "&&"),
                        ],
                        condition=models.Q(ended_at=None),
                    ),
                ],
            },
        ),
        keep_history(
            "parties_deputy",
            kind="deputy",
            fields=["approver_id", "deputy_id", "starts_on", "ends_on", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            refs={"approver_id": PERSON, "deputy_id": PERSON},
            from_the_start=True,
        ),
    ]
