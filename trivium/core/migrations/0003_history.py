"""The history of master data."""

from django.db import migrations, models

from trivium.core.migrations_sql import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_bucket")]

    operations = [
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=60)),
                ("beside", models.CharField(blank=True, max_length=60)),
                ("row", models.BigIntegerField()),
                ("field", models.CharField(max_length=60)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("is_masked", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "id"], name="core_changes_of_subject"),
                    models.Index(
                        condition=models.Q(("beside", ""), _negated=True),
                        fields=["beside", "id"],
                        name="core_changes_beside",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_masked", False), models.Q(("new__isnull", True), ("old__isnull", True)), _connector="OR"),
                        name="core_masked_keeps_no_value",
                    )
                ],
            },
        ),
        append_only("core_fieldchange"),
    ]
