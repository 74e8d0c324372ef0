"""The meter: one bucket per name, not logged, with room on its pages so that an UPDATE stays on its page."""

from django.db import migrations, models

UNLOGGED = """
ALTER TABLE core_bucket SET UNLOGGED;
ALTER TABLE core_bucket SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("full_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(UNLOGGED, migrations.RunSQL.noop),
    ]
