"""The categories there are become known to parties, as those will that are created from now on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_history"), ("parties", "0020_scopes")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO parties_scope (path) SELECT path FROM catalog_category ON CONFLICT (path) DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
