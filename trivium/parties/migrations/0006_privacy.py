"""Consents of persons, their erasure, and the history of their phones."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_phone'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20)),
                ('version', models.PositiveSmallIntegerField()),
                ('jurisdiction', models.CharField(max_length=10)),
                ('via', models.CharField(max_length=40)),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user'], name='parties_consents_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user', 'purpose'), name='parties_one_consent_in_force'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('given_at')), _connector='OR'), name='parties_consent_has_length')],
            },
        ),
        keep_history(
            "parties_phone",
            kind="person",
            fields=["number_print", "verified_at"],
            about=[("user_id", "parties_user")],
            masked=["number_print"],
            from_the_start=True,
        ),
    ]
