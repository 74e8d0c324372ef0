"""Every budget that has an account has a row: its page is found by the row's reference."""

from django.db import migrations

_ROWS = """
INSERT INTO parties_budget (ref, organization_id, code)
SELECT 'bud_' || substr(md5(b.account), 1, 20), o.id, split_part(b.account, '/', 4)
FROM (SELECT DISTINCT account FROM ledger_balance WHERE account LIKE 'buyer/%/budget/%') AS b
JOIN parties_organization o ON o.ref = split_part(b.account, '/', 2)
WHERE NOT EXISTS (SELECT FROM parties_budget p WHERE p.organization_id = o.id
                  AND p.code = split_part(b.account, '/', 4));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0008_payouts_to_the_account_shown"),
        ("parties", "0028_budgets_renew"),
        ("ledger", "0002_promises"),
    ]

    operations = [migrations.RunSQL(_ROWS, migrations.RunSQL.noop)]
