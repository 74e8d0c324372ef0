"""The event log, partitioned by month from the start, and the kept answers."""

from django.db import migrations, models

from trivium.core.migrations_sql import append_only

EVENT_LOG = """
CREATE SEQUENCE core_event_id_seq;
CREATE TABLE core_event (
    id bigint NOT NULL DEFAULT nextval('core_event_id_seq'),
    at timestamptz NOT NULL,
    name varchar(60) NOT NULL,
    subject varchar(60) NOT NULL,
    actor varchar(120) NOT NULL,
    audience jsonb NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE core_event_id_seq OWNED BY core_event.id;
CREATE INDEX core_event_subject ON core_event (subject, id);
CREATE INDEX core_event_audience ON core_event USING gin (audience jsonb_path_ops);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("procrastinate", "__latest__")]

    operations = [
        migrations.RunSQL(EVENT_LOG, "DROP TABLE core_event;"),
        append_only("core_event"),
        migrations.CreateModel(
            name="EventRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("actor", models.CharField(max_length=120)),
                ("audience", models.JSONField(default=list)),
                ("data", models.JSONField()),
            ],
            options={"db_table": "core_event", "managed": False},
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=80)),
                ("fingerprint", models.BinaryField()),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="core_idempotency_once")],
            },
        ),
    ]
