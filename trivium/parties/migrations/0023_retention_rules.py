"""How long what is held on persons is kept is data: a row for each version, beginning with what held until now."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from trivium.core.migrations_sql import append_only, keep_history
from trivium.core.time import now

# What, days under PIPL, GDPR and elsewhere with the article, and the fewest and most days each may be set to.
_MOST = 36_500
TERMS = (
    ("left-pipl", 1095, "PIPL 19, 47", 1, _MOST),
    ("left-gdpr", 365, "GDPR 5(1)(e), 17", 1, _MOST),
    ("left-other", 730, "", 1, _MOST),
    ("sessions-pipl", 0, "PIPL 6 · GDPR 5(1)(c)", 0, 0),
    ("sessions-gdpr", 0, "PIPL 6 · GDPR 5(1)(c)", 0, 0),
    ("sessions-other", 0, "PIPL 6 · GDPR 5(1)(c)", 0, 0),
    ("answers-pipl", 30, "PIPL 6 · GDPR 5(1)(c)", 1, 30),
    ("answers-gdpr", 30, "PIPL 6 · GDPR 5(1)(c)", 1, 30),
    ("answers-other", 30, "PIPL 6 · GDPR 5(1)(c)", 1, 30),
    ("addresses-pipl", 1095, "PIPL 19 · 《电子商务法》31", 1095, _MOST),
    ("addresses-gdpr", 1095, "GDPR 5(1)(e)", 1, _MOST),
    ("addresses-other", 1095, "", 1, _MOST),
    ("consents-pipl", 1095, "PIPL 55, 56", 1095, _MOST),
    ("consents-gdpr", 1095, "GDPR 7(1)", 1, _MOST),
    ("consents-other", 1095, "", 1, _MOST),
    ("contracts-pipl", 1095, "《电子商务法》31", 1095, _MOST),
    ("contracts-gdpr", 2190, "GDPR 17(3)(b)", 2190, _MOST),
    ("contracts-other", 2190, "", 2190, _MOST),
    ("books-pipl", 10950, "《会计档案管理办法》14", 10950, _MOST),
    ("books-gdpr", 3650, "GDPR 17(3)(b)", 3650, _MOST),
    ("books-other", 3650, "", 3650, _MOST),
)


def seed(apps: Any, schema_editor: Any) -> None:
    """The terms as they were in the program until now, version 1 of each."""
    at: dt.datetime = now()
    rows = apps.get_model("parties", "RetentionRule")
    rows._base_manager.bulk_create(
        rows(code=code, version=1, days=days, law=law, at=at) for code, days, law, _least, _most in TERMS
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0022_changes_screened")]

    operations = [
        migrations.CreateModel(
            "RetentionRule",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField()),
                ("law", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.user"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.AddConstraint(
            "retentionrule",
            models.UniqueConstraint(fields=["code", "version"], name="parties_retention_version_once"),
        ),
        migrations.AddConstraint(
            "retentionrule",
            models.CheckConstraint(condition=Q(version__gte=1), name="parties_retention_version_positive"),
        ),
        migrations.AddConstraint(
            "retentionrule",
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="parties_retention_has_reason"),
        ),
        migrations.AddConstraint(
            "retentionrule",
            models.CheckConstraint(
                condition=reduce(
                    or_, (Q(code=code, days__gte=least, days__lte=most) for code, _days, _law, least, most in TERMS)
                ),
                name="parties_retention_within_bounds",
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        append_only("parties_retentionrule"),
        keep_history(
            "parties_retentionrule",
            kind="retention_rule",
            fields=["days", "law", "reason"],
            about=[("code", "")],
            from_the_start=True,
        ),
    ]
