"""Applications, their papers and screening; times of suspension; what is known of a company."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trivium.core.fields
import trivium.parties.rules.applications
import trivium.parties.rules.roles
import trivium.parties.rules.screening
from trivium.core.migrations_sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0006_privacy"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", trivium.core.fields.RefField(prefix="app")),
                ("role", models.CharField(max_length=10)),
                (
                    "status",
                    models.CharField(
                        default=trivium.parties.rules.applications.ApplicationStatus["DRAFT"], max_length=10
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("country", models.CharField(default="CN", max_length=2)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("currency", trivium.core.fields.CurrencyField(default="CNY", max_length=3)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("industry", models.CharField(blank=True, max_length=1)),
                ("size", models.CharField(blank=True, max_length=10)),
                ("contact_name", models.CharField(blank=True, max_length=120)),
                ("phone", trivium.core.fields.EncryptedTextField(found_by="phone")),
                ("email", models.CharField(blank=True, max_length=254)),
                ("bank_account", trivium.core.fields.EncryptedTextField(found_by="bank account")),
                ("bank_account_print", trivium.core.fields.FingerprintField(of="bank_account", purpose="bank account")),
                ("expected_monthly", trivium.core.fields.AmountField(null=True)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                (
                    "territory",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6), default=list, size=None
                    ),
                ),
                ("serves", models.CharField(blank=True, max_length=1)),
                ("is_exclusive", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ApplicationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=10)),
                ("status", models.CharField(max_length=10)),
                ("is_review", models.BooleanField()),
                ("words", models.CharField(blank=True, max_length=2000)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BlockEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=254)),
                ("written", models.CharField(max_length=254)),
                ("version", models.PositiveIntegerField()),
                ("is_blocked", models.BooleanField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", trivium.core.fields.RefField(prefix="pap")),
                ("kind", models.CharField(max_length=30)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("expires_on", models.DateField(null=True)),
                (
                    "status",
                    models.CharField(default=trivium.parties.rules.applications.PaperStatus["FILED"], max_length=10),
                ),
                ("file", trivium.core.fields.PrivateFileField(blank=True, max_length=40)),
                ("file_name", models.CharField(max_length=120)),
                ("media", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("pages", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("filed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("warned_days", models.PositiveSmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=10)),
                ("facts", models.JSONField()),
                ("papers", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScreeningResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("strength", models.CharField(max_length=10)),
                ("settings", models.JSONField()),
                ("is_met", models.BooleanField()),
                ("findings", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ScreeningRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("strength", models.CharField(max_length=10)),
                ("is_on", models.BooleanField()),
                ("settings", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("ends_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6)),
                ("serves", models.CharField(blank=True, max_length=1)),
                ("is_exclusive", models.BooleanField(default=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="organization",
            name="address",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="organization",
            name="industry",
            field=models.CharField(blank=True, max_length=1),
        ),
        migrations.AddField(
            model_name="organization",
            name="number",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="organization",
            name="size",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="organizationrole",
            name="is_active",
            field=models.BooleanField(default=True),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("country", "number"),
                name="parties_organization_number_once",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="applicant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="organization",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organization"
            ),
        ),
        migrations.AddField(
            model_name="applicationstep",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="parties.application"
            ),
        ),
        migrations.AddField(
            model_name="applicationstep",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="blockentry",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="application",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="parties.application"
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="filed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="organization",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organization"
            ),
        ),
        migrations.AddField(
            model_name="screening",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="screenings", to="parties.application"
            ),
        ),
        migrations.AddField(
            model_name="screeningresult",
            name="screening",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="results", to="parties.screening"
            ),
        ),
        migrations.AddField(
            model_name="screeningrule",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organization"
            ),
        ),
        migrations.AddField(
            model_name="territory",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organization"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True), fields=["number"], name="parties_application_number"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["bank_account_print"], name="parties_application_account"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("status", "submitted")),
                fields=["submitted_at"],
                name="parties_waiting_applications",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            trivium.parties.rules.roles.Role["SUPPLIER"],
                            trivium.parties.rules.roles.Role["PARTNER"],
                            trivium.parties.rules.roles.Role["BUYER"],
                        ],
                    )
                ),
                name="parties_application_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            trivium.parties.rules.applications.ApplicationStatus["DRAFT"],
                            trivium.parties.rules.applications.ApplicationStatus["SUBMITTED"],
                            trivium.parties.rules.applications.ApplicationStatus["ASKED"],
                            trivium.parties.rules.applications.ApplicationStatus["APPROVED"],
                            trivium.parties.rules.applications.ApplicationStatus["REJECTED"],
                            trivium.parties.rules.applications.ApplicationStatus["WITHDRAWN"],
                        ],
                    )
                ),
                name="parties_application_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("status__in", ["approved", "rejected", "withdrawn"])),
                    models.Q(
                        ("decided_at", None),
                        (
                            "status__in",
                            [
                                trivium.parties.rules.applications.ApplicationStatus["DRAFT"],
                                trivium.parties.rules.applications.ApplicationStatus["SUBMITTED"],
                                trivium.parties.rules.applications.ApplicationStatus["ASKED"],
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="parties_application_decided_when_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "withdrawn"]), ("submitted_at__isnull", False), _connector="OR"
                ),
                name="parties_application_submitted_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True), ("organization__isnull", False), _connector="OR"
                ),
                name="parties_approved_is_a_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("organization", None),
                    (
                        "status__in",
                        [
                            trivium.parties.rules.applications.ApplicationStatus["DRAFT"],
                            trivium.parties.rules.applications.ApplicationStatus["SUBMITTED"],
                            trivium.parties.rules.applications.ApplicationStatus["ASKED"],
                        ],
                    ),
                ),
                fields=("applicant", "role"),
                name="parties_one_open_application",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("organization__isnull", False),
                    (
                        "status__in",
                        [
                            trivium.parties.rules.applications.ApplicationStatus["DRAFT"],
                            trivium.parties.rules.applications.ApplicationStatus["SUBMITTED"],
                            trivium.parties.rules.applications.ApplicationStatus["ASKED"],
                        ],
                    ),
                ),
                fields=("organization", "role"),
                name="parties_one_open_application_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act__in", ["ask", "answer", "approve", "reject"]), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="parties_step_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="blockentry",
            constraint=models.UniqueConstraint(fields=("kind", "value", "version"), name="parties_block_version_once"),
        ),
        migrations.AddConstraint(
            model_name="blockentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["number", "name", "mail"])), name="parties_block_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="blockentry",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("value", ""), _negated=True)),
                name="parties_block_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("status", trivium.parties.rules.applications.PaperStatus["IN_FORCE"])),
                fields=["expires_on"],
                name="parties_papers_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(fields=["organization"], name="parties_papers_of_company"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            trivium.parties.rules.applications.PaperKind["BUSINESS_LICENCE"],
                            trivium.parties.rules.applications.PaperKind["FOOD_LICENCE"],
                            trivium.parties.rules.applications.PaperKind["PRODUCTION_LICENCE"],
                            trivium.parties.rules.applications.PaperKind["QUALITY_CERTIFICATE"],
                            trivium.parties.rules.applications.PaperKind["COMPULSORY_CERTIFICATE"],
                            trivium.parties.rules.applications.PaperKind["BRAND_AUTHORISATION"],
                            trivium.parties.rules.applications.PaperKind["BANK_LETTER"],
                            trivium.parties.rules.applications.PaperKind["OTHER"],
                        ],
                    )
                ),
                name="parties_paper_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            trivium.parties.rules.applications.PaperStatus["FILED"],
                            trivium.parties.rules.applications.PaperStatus["IN_FORCE"],
                            trivium.parties.rules.applications.PaperStatus["DECLINED"],
                            trivium.parties.rules.applications.PaperStatus["REPLACED"],
                        ],
                    )
                ),
                name="parties_paper_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(("application__isnull", False), ("organization__isnull", False), _connector="OR"),
                name="parties_paper_is_owned",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(("pages__gte", 1), ("size__gte", 1)), name="parties_paper_holds_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", trivium.parties.rules.applications.PaperStatus["FILED"])),
                fields=("application", "sha256"),
                name="parties_paper_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningresult",
            constraint=models.UniqueConstraint(fields=("screening", "rule"), name="parties_one_result_each"),
        ),
        migrations.AddConstraint(
            model_name="screeningrule",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="parties_rule_version_once"),
        ),
        migrations.AddConstraint(
            model_name="screeningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "strength__in",
                        [
                            trivium.parties.rules.screening.Strength["REFUSE"],
                            trivium.parties.rules.screening.Strength["STOP"],
                            trivium.parties.rules.screening.Strength["FLAG"],
                        ],
                    )
                ),
                name="parties_rule_strength_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="parties_rule_version_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None)), fields=("organization",), name="parties_one_suspension_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                name="parties_suspension_has_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None)),
                fields=("partner", "region", "serves"),
                name="parties_territory_once",
            ),
        ),
        *(
            append_only(f"parties_{table}")
            for table in ("applicationstep", "screening", "screeningresult", "screeningrule", "blockentry")
        ),
        migrations.RunSQL(
            "INSERT INTO parties_suspension (organization_id, starts_at, reason, end_reason)"
            " SELECT id, suspended_at, '–', '' FROM parties_organization WHERE suspended_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
