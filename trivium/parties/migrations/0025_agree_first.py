"""Whom somebody else has entered reads the privacy notice at their first sign-in, and agrees."""

from django.db import migrations, models

# Who was entered before, or when there was no notice yet, is asked at the next page.
_ASK = """
UPDATE parties_user u SET is_to_agree = true
WHERE u.erased_at IS NULL AND NOT EXISTS (SELECT FROM parties_consent c WHERE c.user_id = u.id);
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0024_history_of_roles")]

    operations = [
        migrations.AddField("user", "is_to_agree", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(_ASK, migrations.RunSQL.noop),
    ]
