"""Signing in by phone, and by mail through allauth: whoever has a mail address now has it confirmed."""

import django.db.models.deletion
from django.db import migrations, models

import trivium.core.fields

CONFIRMED = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT u.id, lower(u.email), true, true FROM parties_user u
WHERE NOT EXISTS (SELECT FROM account_emailaddress a WHERE a.user_id = u.id)
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_history"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [
        migrations.AlterField("user", "email", models.EmailField(max_length=254, null=True, unique=True)),
        migrations.CreateModel(
            "Phone",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", trivium.core.fields.EncryptedTextField(found_by="phone")),
                ("number_print", trivium.core.fields.FingerprintField(of="number", purpose="phone")),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="parties.user"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "phone",
            models.UniqueConstraint(
                condition=models.Q(("verified_at", None), _negated=True),
                fields=["number_print"],
                name="parties_phone_of_one_person",
            ),
        ),
        migrations.RunSQL(CONFIRMED, migrations.RunSQL.noop),
    ]
