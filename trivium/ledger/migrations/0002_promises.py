"""What the database itself refuses: a changed past, a fall below a floor, a hold resolved twice."""

from django.db import migrations

from trivium.core.migrations_sql import append_only

# A WHEN clause costs no function call while the rule is kept.
FLOOR = """
CREATE FUNCTION ledger_refuse_fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'account % (%) would fall below its floor', NEW.account, NEW.unit
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ledger_balance_floor BEFORE UPDATE ON ledger_balance FOR EACH ROW
    WHEN (NEW.amount - NEW.held < NEW.floor AND NEW.amount - NEW.held < OLD.amount - OLD.held)
    EXECUTE FUNCTION ledger_refuse_fall();
CREATE TRIGGER ledger_balance_identity BEFORE UPDATE ON ledger_balance FOR EACH ROW
    WHEN (NEW.account <> OLD.account OR NEW.unit <> OLD.unit) EXECUTE FUNCTION core_refuse_change();
"""

HOLD = """
CREATE TRIGGER ledger_hold_once BEFORE UPDATE ON ledger_hold FOR EACH ROW
    WHEN (OLD.status <> 'held' OR NEW.account <> OLD.account OR NEW.unit <> OLD.unit
          OR NEW.amount <> OLD.amount OR NEW.subject <> OLD.subject)
    EXECUTE FUNCTION core_refuse_change();
"""

# Room on the page for the next version of the row, so that an update touches no index.
ROOM = "ALTER TABLE ledger_balance SET (fillfactor = 60); ALTER TABLE ledger_hold SET (fillfactor = 80);"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_entry"),
        append_only("ledger_posting"),
        migrations.RunSQL(
            FLOOR,
            "DROP TRIGGER ledger_balance_identity ON ledger_balance;"
            " DROP TRIGGER ledger_balance_floor ON ledger_balance;"
            " DROP FUNCTION ledger_refuse_fall();",
        ),
        migrations.RunSQL(HOLD, "DROP TRIGGER ledger_hold_once ON ledger_hold;"),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
