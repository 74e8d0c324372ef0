"""What people set for themselves is kept with them, no longer with a session."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_key_scopes")]

    operations = [
        migrations.CreateModel(
            "Preference",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=60)),
                ("value", models.JSONField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parties.user"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "preference",
            models.UniqueConstraint(fields=["user", "workspace", "name"], name="parties_one_preference_each"),
        ),
    ]
