"""What two people approve is what they saw: amount, party and account of a payout stay as proposed."""

from django.db import migrations

AS_SEEN = """
CREATE TRIGGER settlement_payout_as_seen BEFORE UPDATE ON settlement_payout FOR EACH ROW
    WHEN ((NEW.party_id, NEW.role, NEW.currency, NEW.amount, NEW.statement_id, NEW.account_id) IS DISTINCT FROM
          (OLD.party_id, OLD.role, OLD.currency, OLD.amount, OLD.statement_id, OLD.account_id))
    EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_payout_account")]

    operations = [migrations.RunSQL(AS_SEEN, "DROP TRIGGER settlement_payout_as_seen ON settlement_payout;")]
