"""For whom a budget is, and from when to when."""

import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


def to(table: str, *, on_delete: object = PROTECT, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=on_delete, related_name="+", to=f"parties.{table}")


class Migration(migrations.Migration):
    dependencies = [("parties", "0020_scopes")]

    operations = [
        migrations.CreateModel(
            "Budget",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", trivium.core.fields.RefField(prefix="bud")),
                ("code", models.CharField(max_length=40)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("organization", to("organization", on_delete=CASCADE, null=False)),
                ("cost_centre", to("costcentre")),
                ("department", to("department")),
            ],
        ),
        migrations.AddConstraint(
            "budget",
            models.UniqueConstraint(fields=["organization", "code"], name="parties_budget_code_once"),
        ),
        migrations.AddConstraint(
            "budget",
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="parties_budget_has_length",
            ),
        ),
    ]
