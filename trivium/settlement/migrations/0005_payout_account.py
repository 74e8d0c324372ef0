"""Where a payout went."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0017_papers'),
        ('settlement', '0004_bank_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='payout',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.bankaccount'),
        ),
    ]
