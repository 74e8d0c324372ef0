"""What is written down of every change of a company's roles and of people's limits, departments and cost centres."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history

COMPANY, PERSON = "parties_organization", "parties_user"


class Migration(migrations.Migration):
    dependencies = [("parties", "0023_retention_rules"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "parties_organizationrole",
            kind="company_role",
            fields=["role", "is_active", "contracted_at", "grade_id"],
            about=[("organization_id", COMPANY)],
            refs={"grade_id": "parties_partnergrade"},
            from_the_start=True,
        ),
        migrations.RunSQL(
            "DROP TRIGGER parties_membership_keeps_history ON parties_membership;", migrations.RunSQL.noop
        ),
        keep_history(
            "parties_membership",
            kind="membership",
            fields=["role", "job", "department_id", "cost_centre_id", "spending_limit", "monthly_limit", "ends_at"],
            about=[("organization_id", COMPANY), ("user_id", PERSON)],
            refs={"department_id": "parties_department", "cost_centre_id": "parties_costcentre"},
            from_the_start=True,
        ),
    ]
