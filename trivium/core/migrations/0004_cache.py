"""What processes share for a while: Django's cache in the database. Not logged, like the meter's buckets."""

from django.db import migrations

TABLE = """
CREATE UNLOGGED TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_history")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE core_cache")]
