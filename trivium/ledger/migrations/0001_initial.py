"""The tables of the ledger."""

import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("amount", trivium.core.fields.AmountField()),
                ("held", trivium.core.fields.AmountField(default=0)),
                ("floor", trivium.core.fields.AmountField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "unit"), name="ledger_balance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("held__gte", 0)), name="ledger_balance_held_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", trivium.core.fields.RefField(prefix="ent")),
                ("key", models.TextField()),
                ("subject", models.TextField()),
                ("purpose", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", trivium.core.fields.RefField(prefix="hld")),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("amount", trivium.core.fields.AmountField()),
                ("subject", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[("held", "Held"), ("captured", "Captured"), ("released", "Released")],
                        default="held",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["subject"], name="ledger_hold_subject")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "unit", "subject"), name="ledger_hold_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="ledger_hold_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", True), ("status", "held")),
                            models.Q(
                                ("resolved_at__isnull", False), ("status__in", ["captured", "released"])
                            ),
                            _connector="OR",
                        ),
                        name="ledger_hold_resolved_when_not_held",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostingRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("destination", models.TextField()),
                ("amount", trivium.core.fields.AmountField()),
                ("unit", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.entry",
                    ),
                ),
            ],
            options={
                "db_table": "ledger_posting",
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.TextField()),
                ("unit", models.TextField()),
                ("upto_posting_id", models.BigIntegerField()),
                ("amount", trivium.core.fields.AmountField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["upto_posting_id"], name="ledger_snapshot_upto")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "unit", "upto_posting_id"), name="ledger_snapshot_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["subject"], name="ledger_entry_subject"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("key",), name="ledger_entry_key_once"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)),
                fields=("reverses",),
                name="ledger_entry_reversed_once",
            ),
        ),
        migrations.AddIndex(
            model_name="postingrow",
            index=models.Index(
                fields=["source", "unit", "id"], include=("amount",), name="ledger_posting_out"
            ),
        ),
        migrations.AddIndex(
            model_name="postingrow",
            index=models.Index(
                fields=["destination", "unit", "id"], include=("amount",), name="ledger_posting_in"
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="ledger_posting_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("destination")), _negated=True),
                name="ledger_posting_moves",
            ),
        ),
    ]
