"""How long the mail address of feedback is kept that somebody gave without signing in: a rule under each law."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.db import migrations, models
from django.db.models import Q

from trivium.core.time import now

LAWS = ("pipl", "gdpr", "other")
DAYS, NAMED = 180, "PIPL 6, 19 · GDPR 5(1)(e)"
_MOST = 36_500
# What, and the fewest and most days each may be set to.
BOUNDS = (
    *((f"left-{law}", 1, _MOST) for law in LAWS),
    *((f"sessions-{law}", 0, 0) for law in LAWS),
    *((f"answers-{law}", 1, 30) for law in LAWS),
    ("addresses-pipl", 1095, _MOST),
    ("addresses-gdpr", 1, _MOST),
    ("addresses-other", 1, _MOST),
    ("consents-pipl", 1095, _MOST),
    ("consents-gdpr", 1, _MOST),
    ("consents-other", 1, _MOST),
    *((f"visitors-{law}", 15, _MOST) for law in LAWS),
    ("contracts-pipl", 1095, _MOST),
    ("contracts-gdpr", 2190, _MOST),
    ("contracts-other", 2190, _MOST),
    ("books-pipl", 10950, _MOST),
    ("books-gdpr", 3650, _MOST),
    ("books-other", 3650, _MOST),
)


def seed(apps: Any, schema_editor: Any) -> None:
    """Version 1 of each new rule."""
    at: dt.datetime = now()
    rows = apps.get_model("parties", "RetentionRule")
    rows._base_manager.bulk_create(rows(code=f"visitors-{law}", version=1, days=DAYS, law=NAMED, at=at) for law in LAWS)


class Migration(migrations.Migration):
    dependencies = [("parties", "0028_budgets_renew")]

    operations = [
        migrations.RemoveConstraint("retentionrule", "parties_retention_within_bounds"),
        migrations.AddConstraint(
            "retentionrule",
            models.CheckConstraint(
                condition=reduce(or_, (Q(code=code, days__gte=least, days__lte=most) for code, least, most in BOUNDS)),
                name="parties_retention_within_bounds",
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
