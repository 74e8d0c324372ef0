"""Departments lie below each other, in a tree the database keeps; rules of approval can name one.

The trigger locks the company, so two moves at once see each other; it is the last word, not the first.
"""

import django.db.models.deletion
from django.db import migrations, models

from trivium.core.migrations_sql import keep_history

COMPANY = "parties_organization"
DEPTH = 5
_TREE = f"""
CREATE FUNCTION parties_department_in_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above int;
    below int;
BEGIN
    IF NEW.parent_id IS NULL AND (TG_OP = 'INSERT' OR NEW.organization_id = OLD.organization_id) THEN
        RETURN NEW;
    END IF;
    PERFORM FROM parties_organization WHERE id = NEW.organization_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM parties_department p WHERE p.id = NEW.parent_id
               AND p.organization_id <> NEW.organization_id)
       OR EXISTS (SELECT FROM parties_department c WHERE c.parent_id = NEW.id
                  AND c.organization_id <> NEW.organization_id) THEN
        RAISE EXCEPTION 'department % and those beside it belong to different companies', NEW.ref
        USING ERRCODE = 'check_violation', CONSTRAINT = 'parties_department_in_one_company';
    END IF;
    WITH RECURSIVE up AS (
        SELECT p.id, p.parent_id, 1 AS depth FROM parties_department p WHERE p.id = NEW.parent_id
        UNION ALL
        SELECT p.id, p.parent_id, up.depth + 1 FROM parties_department p JOIN up ON p.id = up.parent_id
        WHERE up.depth <= {DEPTH} AND up.id <> NEW.id
    ) SELECT CASE WHEN bool_or(id = NEW.id) THEN {DEPTH} + 1 ELSE max(depth) END INTO above FROM up;
    WITH RECURSIVE down AS (
        SELECT NEW.id AS id, 1 AS depth
        UNION ALL
        SELECT c.id, down.depth + 1 FROM parties_department c JOIN down ON c.parent_id = down.id
        WHERE c.ended_at IS NULL AND down.depth <= {DEPTH} AND c.id <> NEW.id
    ) SELECT max(depth) INTO below FROM down;
    IF COALESCE(above, 0) + below > {DEPTH} THEN
        RAISE EXCEPTION 'department % would lie below itself, or too deep', NEW.ref
        USING ERRCODE = 'check_violation', CONSTRAINT = 'parties_department_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parties_department_in_tree BEFORE INSERT OR UPDATE OF parent_id, organization_id ON parties_department
FOR EACH ROW EXECUTE FUNCTION parties_department_in_tree();
"""
_NO_TREE = """
DROP TRIGGER parties_department_in_tree ON parties_department;
DROP FUNCTION parties_department_in_tree();
"""


def told_no_more(table: str) -> migrations.RunSQL:
    """Its history is kept anew below, with what is new."""
    return migrations.RunSQL(f"DROP TRIGGER {table}_keeps_history ON {table};", migrations.RunSQL.noop)


def to_department() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0018_monthly_limits")]

    operations = [
        migrations.AddField("department", "parent", to_department()),
        migrations.AddField("approvalrule", "department", to_department()),
        migrations.AddConstraint(
            "department",
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="parties_department_not_below_itself",
            ),
        ),
        migrations.RunSQL(_TREE, _NO_TREE),
        told_no_more("parties_department"),
        keep_history(
            "parties_department",
            kind="department",
            fields=["name", "parent_id", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            refs={"parent_id": "parties_department"},
            from_the_start=True,
        ),
        told_no_more("parties_approvalrule"),
        keep_history(
            "parties_approvalrule",
            kind="approval_rule",
            fields=["name", "position", "threshold", "currency", "scope", "budget_code", "cost_centre_id",
                    "department_id", "needed", "if_nobody", "ended_at"],
            about=[("ref", ""), ("organization_id", COMPANY)],
            refs={"cost_centre_id": "parties_costcentre", "department_id": "parties_department"},
            from_the_start=True,
        ),
    ]
