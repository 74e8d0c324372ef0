"""A payout that was proposed before its account was fixed with it goes to the one its approvers were shown.

That is the company's account in force, where it has been in force since before the proposal. Where it is another by
now, nobody approves it unseen: it is declined and proposed anew.
"""

from django.db import migrations

FILL = """
ALTER TABLE settlement_payout DISABLE TRIGGER settlement_payout_as_seen;
UPDATE settlement_payout y SET account_id = b.id FROM parties_bankaccount b
WHERE y.status = 'proposed' AND y.account_id IS NULL
  AND b.organization_id = y.party_id AND b.ended_at IS NULL AND b.starts_at <= y.proposed_at;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE settlement_payout ENABLE TRIGGER settlement_payout_as_seen;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0007_payout_proposer")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
