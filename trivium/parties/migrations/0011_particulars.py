"""Contacts and bank accounts of companies with their history, and changes that wait for a review."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trivium.core.fields
import trivium.parties.rules.particulars
from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0010_routes'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(max_length=200)),
                ('bank', models.CharField(blank=True, max_length=120)),
                ('account', trivium.core.fields.EncryptedTextField(found_by='bank account')),
                ('account_print', trivium.core.fields.FingerprintField(of='account', purpose='bank account')),
                ('last_four', models.CharField(blank=True, max_length=4)),
                ('starts_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['account_print'], name='parties_same_account')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organization',), name='parties_one_bank_account_in_force'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('starts_at')), _connector='OR'), name='parties_account_has_length')],
            },
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', trivium.core.fields.RefField(prefix='chg')),
                ('kind', models.CharField(max_length=12)),
                ('status', models.CharField(default=trivium.parties.rules.particulars.ChangeStatus['WAITING'], max_length=10)),
                ('was', trivium.core.fields.EncryptedTextField()),
                ('wanted', trivium.core.fields.EncryptedTextField()),
                ('reason', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['asked_at'], name='parties_changes_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', trivium.parties.rules.particulars.ChangeStatus['WAITING'])), fields=('organization', 'kind'), name='parties_one_change_waiting'), models.CheckConstraint(condition=models.Q(('kind__in', [trivium.parties.rules.particulars.ChangeKind['LEGAL_NAME'], trivium.parties.rules.particulars.ChangeKind['NUMBER'], trivium.parties.rules.particulars.ChangeKind['BANK']])), name='parties_change_kind_known'), models.CheckConstraint(condition=models.Q(('status__in', [trivium.parties.rules.particulars.ChangeStatus['WAITING'], trivium.parties.rules.particulars.ChangeStatus['APPROVED'], trivium.parties.rules.particulars.ChangeStatus['DECLINED'], trivium.parties.rules.particulars.ChangeStatus['WITHDRAWN']])), name='parties_change_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', trivium.parties.rules.particulars.ChangeStatus['WAITING'])), models.Q(models.Q(('status', trivium.parties.rules.particulars.ChangeStatus['WAITING']), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='parties_change_decided_when_over'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', [trivium.parties.rules.particulars.ChangeStatus['APPROVED'], trivium.parties.rules.particulars.ChangeStatus['DECLINED']]), _negated=True), ('asked_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='parties_change_not_by_its_asker')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', trivium.core.fields.RefField(prefix='con')),
                ('name', models.CharField(max_length=120)),
                ('position', models.CharField(blank=True, max_length=60)),
                ('phone', trivium.core.fields.EncryptedTextField(found_by='phone')),
                ('phone_print', trivium.core.fields.FingerprintField(of='phone', purpose='phone')),
                ('email', models.CharField(blank=True, max_length=254)),
                ('created_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization'], name='parties_contacts_of_company')],
            },
        ),
        keep_history(
            "parties_contact",
            kind="contact",
            fields=["name", "position", "phone_print", "email"],
            about=[("organization_id", "parties_organization")],
            masked=["name", "phone_print", "email"],
            from_the_start=True,
        ),
        keep_history(
            "parties_bankaccount",
            kind="bank_account",
            fields=["holder", "bank", "last_four", "ended_at"],
            about=[("organization_id", "parties_organization")],
            from_the_start=True,
        ),
    ]
