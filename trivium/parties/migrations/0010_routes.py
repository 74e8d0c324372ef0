"""Rules about orders by category, budget and cost centre, with approvers in order and deputies.

The rules that are there stay as they are: they have no name, look at the total alone and ask anybody who decides.
"""

import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields

WAYS = ["wait", "refuse", "pass"]
PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(table: str, *, on_delete: object = PROTECT, null: bool = False, back: str = "+") -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=on_delete, related_name=back, to=f"parties.{table}")


class Migration(migrations.Migration):
    dependencies = [("parties", "0009_inside")]

    operations = [
        migrations.AddField("approvalrule", "ref", models.CharField(max_length=24, null=True)),
        migrations.RunSQL(
            "UPDATE parties_approvalrule SET ref = 'apr_' || substr(md5(random()::text || id), 1, 20)",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("approvalrule", "ref", trivium.core.fields.RefField(prefix="apr")),
        migrations.AddField("approvalrule", "name", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("approvalrule", "position", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("approvalrule", "scope", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("approvalrule", "budget_code", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("approvalrule", "cost_centre", to("costcentre", null=True)),
        migrations.AddField("approvalrule", "if_nobody", models.CharField(default="wait", max_length=10)),
        migrations.AddField("approvalrule", "ended_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("approvalrule", "parties_one_rule_per_act"),
        migrations.AddConstraint(
            "approvalrule",
            models.UniqueConstraint(
                fields=["organization", "act", "currency"],
                condition=models.Q(name=""),
                name="parties_one_rule_per_act",
            ),
        ),
        migrations.AddConstraint(
            "approvalrule",
            models.UniqueConstraint(
                fields=["organization", "act", "name"],
                condition=~models.Q(name="") & models.Q(ended_at=None),
                name="parties_rule_name_once",
            ),
        ),
        migrations.AddConstraint(
            "approvalrule",
            models.CheckConstraint(
                condition=models.Q(if_nobody__in=WAYS), name="parties_rule_says_what_if_nobody"
            ),
        ),
        migrations.CreateModel(
            "ApprovalRuleStep",
            [
                ("id", key()),
                ("position", models.PositiveSmallIntegerField()),
                ("rule", to("approvalrule", on_delete=CASCADE, back="steps")),
                ("approver", to("user")),
                ("deputy", to("user", null=True)),
            ],
        ),
        migrations.AddConstraint(
            "approvalrulestep",
            models.UniqueConstraint(fields=["rule", "position"], name="parties_rule_step_once"),
        ),
        migrations.AddConstraint(
            "approvalrulestep",
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("approver")),
                name="parties_deputy_is_another",
            ),
        ),
        migrations.AddField("approval", "why", models.CharField(blank=True, default="", max_length=200)),
        migrations.CreateModel(
            "ApprovalStep",
            [
                ("id", key()),
                ("position", models.PositiveSmallIntegerField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("fell_away", models.BooleanField(default=False)),
                ("approval", to("approval", on_delete=CASCADE, back="steps")),
                ("approver", to("user", null=True)),
                ("deputy", to("user", null=True)),
                ("decided_by", to("user", null=True)),
            ],
        ),
        migrations.AddConstraint(
            "approvalstep",
            models.UniqueConstraint(fields=["approval", "position"], name="parties_approval_step_once"),
        ),
        migrations.AddConstraint(
            "approvalstep",
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False) & models.Q(fell_away=False),
                name="parties_approval_step_decided_once",
            ),
        ),
    ]
