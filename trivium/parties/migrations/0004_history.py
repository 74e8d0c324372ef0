"""What is written down of every change of companies, memberships, assignments and persons."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history

COMPANY = "parties_organization"


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_preference"), ("core", "0003_history")]

    operations = [
        keep_history(
            COMPANY,
            kind="organization",
            fields=["name", "legal_name", "number", "country", "region", "address", "industry", "size", "currency",
                    "level", "is_house", "confirms_by_rule", "external_id", "suspended_at"],
        ),
        keep_history(
            "parties_membership",
            kind="membership",
            fields=["role", "job", "ends_at"],
            about=[("organization_id", COMPANY), ("user_id", "parties_user")],
            from_the_start=True,
        ),
        keep_history(
            "parties_assignment",
            kind="assignment",
            fields=["partner_id", "starts_at", "ends_at"],
            about=[("buyer_id", COMPANY), ("partner_id", COMPANY)],
            refs={"partner_id": COMPANY},
            from_the_start=True,
        ),
        keep_history(
            "parties_user",
            kind="person",
            fields=["name", "email", "phone_print", "is_active"],
            masked=["name", "email", "phone_print"],
        ),
    ]
