"""What other services say of their members; and what they had told of phone and mail is taken off links."""

from django.db import migrations, models

STRIP = """
UPDATE socialaccount_socialaccount SET extra_data = extra_data - ARRAY['mobile', 'stateCode', 'email', 'avatarUrl']
WHERE provider = 'dingtalk' AND extra_data ?| ARRAY['mobile', 'stateCode', 'email', 'avatarUrl']
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0011_particulars"), ("socialaccount", "0006_alter_socialaccount_extra_data")]

    operations = [
        migrations.CreateModel(
            "ServiceMember",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=30)),
                ("uid", models.CharField(max_length=191)),
                ("may_sign_in", models.BooleanField()),
                ("said_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "servicemember",
            models.UniqueConstraint(fields=("provider", "uid"), name="parties_service_member_once"),
        ),
        migrations.RunSQL(STRIP, migrations.RunSQL.noop),
    ]
