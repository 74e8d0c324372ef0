"""Agreements with the operator: drafts, published versions, signatures and reminders; what an act lacks is a function."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trivium.core.fields
from trivium.core.migrations_sql import append_only

# The first agreement that a company has to sign before it acts in a role, or "": the version that binds asks for one,
# and no signature counts. A function, because the database keeps its plan, and so that every act asks the same thing.
_WANTED = """
CREATE FUNCTION parties_wanted_agreement(company bigint, its_role text, moment timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE((
        SELECT a.ref FROM parties_agreement a
        WHERE a.role = its_role AND (a.ended_at IS NULL OR a.ended_at > moment)
          AND (SELECT v.is_required FROM parties_agreementversion v
               WHERE v.agreement_id = a.id AND v.binds_from <= moment ORDER BY v.number DESC LIMIT 1)
          AND NOT EXISTS (
              SELECT FROM parties_agreementsignature s JOIN parties_agreementversion v ON v.id = s.version_id
              WHERE s.organization_id = company AND v.agreement_id = a.id AND s.signed_at <= moment
                AND (s.valid_until IS NULL OR s.valid_until > moment)
                AND NOT EXISTS (SELECT FROM parties_agreementversion w
                                WHERE w.agreement_id = a.id AND w.number > v.number AND w.replaces_at <= moment))
        ORDER BY a.id LIMIT 1), '');
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0015_entries'),
    ]

    operations = [
        migrations.AddField(
            model_name='organizationrole',
            name='contracted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', trivium.core.fields.RefField(prefix='agr')),
                ('role', models.CharField(max_length=10)),
                ('title', trivium.core.fields.TranslatedField()),
                ('text', trivium.core.fields.TranslatedField()),
                ('drafted_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AgreementReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('days', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.agreement')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
            ],
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', trivium.core.fields.TranslatedField()),
                ('text', trivium.core.fields.TranslatedField()),
                ('hash_en', models.CharField(max_length=64)),
                ('hash_zh', models.CharField(max_length=64)),
                ('hash_all', models.CharField(max_length=64)),
                ('is_required', models.BooleanField()),
                ('binds_from', models.DateTimeField()),
                ('valid_days', models.PositiveSmallIntegerField(null=True)),
                ('replaces_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='parties.agreement')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AgreementSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', trivium.core.fields.RefField(prefix='ags')),
                ('round', models.PositiveSmallIntegerField()),
                ('language', models.CharField(max_length=10)),
                ('text_hash', models.CharField(max_length=64)),
                ('hash_all', models.CharField(max_length=64)),
                ('network', models.CharField(blank=True, max_length=50)),
                ('via', models.CharField(max_length=60)),
                ('signed_at', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organization')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='parties.agreementversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['supplier', 'partner', 'buyer'])), name='parties_agreement_role_known'),
        ),
        migrations.AddConstraint(
            model_name='agreementreminder',
            constraint=models.UniqueConstraint(fields=('organization', 'agreement', 'due_at', 'days'), name='parties_reminded_once'),
        ),
        migrations.AddIndex(
            model_name='agreementversion',
            index=models.Index(fields=['replaces_at'], name='parties_agreements_replacing'),
        ),
        migrations.AddIndex(
            model_name='agreementversion',
            index=models.Index(fields=['binds_from'], name='parties_agreements_binding'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(fields=('agreement', 'number'), name='parties_agreement_version_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='parties_agreement_version_counts'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('binds_from__gt', models.F('published_at'))), name='parties_agreement_has_notice'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_days', None), ('valid_days__gte', 1), _connector='OR'), name='parties_agreement_valid_for_days'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('replaces_at', None), ('replaces_at__gte', models.F('binds_from')), _connector='OR'), name='parties_agreement_replaces_when_it_binds'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 1), ('replaces_at__isnull', False), _connector='OR'), name='parties_agreement_first_asks'),
        ),
        migrations.AddIndex(
            model_name='agreementsignature',
            index=models.Index(condition=models.Q(('valid_until__isnull', False)), fields=['valid_until'], name='parties_signatures_lapsing'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.UniqueConstraint(fields=('organization', 'version', 'round'), name='parties_signed_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.CheckConstraint(condition=models.Q(('round__gte', 1)), name='parties_signature_round_counts'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['en', 'zh-hans'])), name='parties_signed_in_language'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignature',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gt', models.F('signed_at')), _connector='OR'), name='parties_signature_has_length'),
        ),
        append_only("parties_agreementversion"),
        append_only("parties_agreementsignature"),
        append_only("parties_agreementreminder"),
        migrations.RunSQL(_WANTED, "DROP FUNCTION parties_wanted_agreement(bigint, text, timestamptz)"),
    ]
