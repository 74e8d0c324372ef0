"""Partners get grades; those that are there have none, and all rights of their role."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields

SIZES = ["micro", "small", "medium", "large"]


class Migration(migrations.Migration):
    dependencies = [("parties", "0007_applications")]

    operations = [
        migrations.CreateModel(
            "PartnerGrade",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", trivium.core.fields.RefField(prefix="grd")),
                ("name", trivium.core.fields.TranslatedField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("rights", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=40))),
                ("from_size", models.CharField(default="micro", max_length=10)),
                ("from_volume", trivium.core.fields.AmountField(default=0)),
                ("currency", trivium.core.fields.CurrencyField(default="CNY")),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "partnergrade",
            models.UniqueConstraint(
                fields=["rank"], condition=models.Q(ended_at=None), name="parties_one_grade_per_rank"
            ),
        ),
        migrations.AddConstraint(
            "partnergrade",
            models.CheckConstraint(condition=models.Q(from_size__in=SIZES), name="parties_grade_size_known"),
        ),
        migrations.AddConstraint(
            "partnergrade",
            models.CheckConstraint(
                condition=models.Q(from_volume__gte=0, rank__gte=1), name="parties_grade_is_sane"
            ),
        ),
        migrations.AddField(
            "organizationrole",
            "grade",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.partnergrade",
            ),
        ),
        migrations.AddConstraint(
            "organizationrole",
            models.CheckConstraint(
                condition=models.Q(grade=None) | models.Q(role="partner"), name="parties_only_partners_graded"
            ),
        ),
    ]
