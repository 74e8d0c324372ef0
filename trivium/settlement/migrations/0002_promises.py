"""What was settled stays as it was settled."""

from django.db import migrations

from trivium.core.migrations_sql import append_only


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]

    operations = [
        append_only("settlement_accountreceipt"),
        append_only("settlement_release"),
        append_only("settlement_refund"),
        append_only("settlement_refundline"),
        append_only("settlement_refundsource"),
        append_only("settlement_statement"),
        append_only("settlement_statementline"),
        append_only("settlement_statementconfirmation"),
    ]
