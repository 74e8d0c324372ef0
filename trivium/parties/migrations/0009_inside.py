"""Companies get departments and cost centres, invite people themselves, and limit what each may spend."""

import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields

JOBS = ["admin", "staff", "approver", "finance", "requester"]
ROLES = ["operator", "supplier", "partner", "buyer"]
OPEN = models.Q(accepted_at=None, withdrawn_at=None)


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(table: str, *, on_delete: object = django.db.models.deletion.PROTECT, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=on_delete, related_name="+", to=f"parties.{table}")


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_grades")]

    operations = [
        migrations.CreateModel(
            "Department",
            [
                ("id", key()),
                ("ref", trivium.core.fields.RefField(prefix="dep")),
                ("name", models.CharField(max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("organization", to("organization", on_delete=django.db.models.deletion.CASCADE)),
            ],
        ),
        migrations.CreateModel(
            "CostCentre",
            [
                ("id", key()),
                ("ref", trivium.core.fields.RefField(prefix="cct")),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
                ("organization", to("organization", on_delete=django.db.models.deletion.CASCADE)),
            ],
        ),
        migrations.CreateModel(
            "Invitation",
            [
                ("id", key()),
                ("ref", trivium.core.fields.RefField(prefix="inv")),
                ("role", models.CharField(max_length=10)),
                ("job", models.CharField(max_length=10)),
                ("spending_limit", trivium.core.fields.AmountField(null=True)),
                ("email", models.EmailField(max_length=254)),
                ("locale", models.CharField(max_length=10)),
                ("token_hash", models.BinaryField(unique=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("organization", to("organization", on_delete=django.db.models.deletion.CASCADE)),
                ("department", to("department", null=True)),
                ("cost_centre", to("costcentre", null=True)),
                ("invited_by", to("user")),
                ("accepted_by", to("user", null=True)),
            ],
        ),
        migrations.AddConstraint(
            "department",
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(ended_at=None),
                name="parties_department_name_once",
            ),
        ),
        migrations.AddConstraint(
            "costcentre",
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=models.Q(ended_at=None),
                name="parties_cost_centre_code_once",
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.UniqueConstraint(
                fields=["organization", "role", "email"], condition=OPEN, name="parties_one_open_invitation"
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                condition=models.Q(role__in=ROLES, job__in=JOBS), name="parties_invitation_place_known"
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="parties_invitation_ends_once",
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                condition=models.Q(spending_limit=None) | models.Q(spending_limit__gte=0),
                name="parties_invitation_limit_sane",
            ),
        ),
        migrations.AddField("membership", "department", to("department", null=True)),
        migrations.AddField("membership", "cost_centre", to("costcentre", null=True)),
        migrations.AddField("membership", "spending_limit", trivium.core.fields.AmountField(null=True)),
        migrations.AddField("membership", "since", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=models.Q(spending_limit=None) | models.Q(spending_limit__gte=0),
                name="parties_membership_limit_sane",
            ),
        ),
    ]
