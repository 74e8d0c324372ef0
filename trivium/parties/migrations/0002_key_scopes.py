"""Keys get scopes, an end and a last use. Those that are there keep all they could do."""

import django.contrib.postgres.fields
from django.db import migrations, models

AREAS = "company approvals keys catalog stock prices discounts contracts orders shipments money notices imports".split()
ALL = [f"{area}:{how}" for area in AREAS for how in ("read", "write")]


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("core", "0002_bucket")]

    operations = [
        migrations.AddField(
            "apikey",
            "scopes",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=40), default=ALL),
            preserve_default=False,
        ),
        migrations.AddField("apikey", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("apikey", "used_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(condition=models.Q(scopes__len__gte=1), name="parties_key_has_scopes"),
        ),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(
                condition=models.Q(expires_at=None) | models.Q(expires_at__gt=models.F("created_at")),
                name="parties_key_has_length",
            ),
        ),
    ]
