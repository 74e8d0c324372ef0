"""Who has proposed a payout anew: the first of the two people whose word sends it."""

import django.db.models.deletion
from django.db import migrations, models

AS_SEEN = """
DROP TRIGGER settlement_payout_as_seen ON settlement_payout;
CREATE TRIGGER settlement_payout_as_seen BEFORE UPDATE ON settlement_payout FOR EACH ROW
    WHEN ((NEW.party_id, NEW.role, NEW.currency, NEW.amount, NEW.statement_id, NEW.account_id, NEW.proposed_by_id)
          IS DISTINCT FROM
          (OLD.party_id, OLD.role, OLD.currency, OLD.amount, OLD.statement_id, OLD.account_id, OLD.proposed_by_id))
    EXECUTE FUNCTION core_refuse_change();
"""
BEFORE = """
DROP TRIGGER settlement_payout_as_seen ON settlement_payout;
CREATE TRIGGER settlement_payout_as_seen BEFORE UPDATE ON settlement_payout FOR EACH ROW
    WHEN ((NEW.party_id, NEW.role, NEW.currency, NEW.amount, NEW.statement_id, NEW.account_id) IS DISTINCT FROM
          (OLD.party_id, OLD.role, OLD.currency, OLD.amount, OLD.statement_id, OLD.account_id))
    EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0006_payout_as_seen"), ("parties", "0022_changes_screened")]

    operations = [
        migrations.AddField(
            "payout",
            "proposed_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.user"
            ),
        ),
        migrations.RunSQL(AS_SEEN, BEFORE),
    ]
