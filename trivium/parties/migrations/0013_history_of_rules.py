"""What is written down of every change of grades, departments, cost centres, and the rules of approvals and screening."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history

COMPANY, PERSON = "parties_organization", "parties_user"


class Migration(migrations.Migration):
    dependencies = [("parties", "0012_service_members"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "parties_partnergrade",
            kind="partner_grade",
            fields=["name", "rank", "rights", "from_size", "from_volume", "currency", "ended_at"],
            from_the_start=True,
        ),
        keep_history(
            "parties_department",
            kind="department",
            fields=["name", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            from_the_start=True,
        ),
        keep_history(
            "parties_costcentre",
            kind="cost_centre",
            fields=["code", "name", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            from_the_start=True,
        ),
        keep_history(
            "parties_approvalrule",
            kind="approval_rule",
            fields=["name", "position", "threshold", "currency", "scope", "budget_code", "cost_centre_id", "needed",
                    "if_nobody", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            refs={"cost_centre_id": "parties_costcentre"},
            from_the_start=True,
        ),
        keep_history(
            "parties_approvalrulestep",
            kind="approval_step",
            fields=["approver_id", "deputy_id"],
            about=[("rule_id", "parties_approvalrule")],
            refs={"approver_id": PERSON, "deputy_id": PERSON},
            from_the_start=True,
        ),
        keep_history(
            "parties_screeningrule",
            kind="screening_rule",
            fields=["strength", "is_on", "settings", "reason"],
            about=[("code", "")],
            from_the_start=True,
        ),
    ]
