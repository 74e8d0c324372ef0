"""Papers that admitted companies renew: what they replace, who decided, and their history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trivium.parties.rules.applications
from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0016_agreements'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='paper',
            name='parties_paper_status_known',
        ),
        migrations.AddField(
            model_name='paper',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paper',
            name='note',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='paper',
            name='replaces',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.paper'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(condition=models.Q(('application', None), ('status', trivium.parties.rules.applications.PaperStatus['FILED'])), fields=['filed_at'], name='parties_papers_waiting'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', [trivium.parties.rules.applications.PaperStatus['FILED'], trivium.parties.rules.applications.PaperStatus['IN_FORCE'], trivium.parties.rules.applications.PaperStatus['DECLINED'], trivium.parties.rules.applications.PaperStatus['REPLACED'], trivium.parties.rules.applications.PaperStatus['WITHDRAWN']])), name='parties_paper_status_known'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(condition=models.Q(('status', trivium.parties.rules.applications.PaperStatus['FILED'])), fields=('replaces',), name='parties_one_renewal_waiting'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [trivium.parties.rules.applications.PaperStatus['IN_FORCE'], trivium.parties.rules.applications.PaperStatus['REPLACED']])), fields=('replaces',), name='parties_paper_replaced_once'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('status', trivium.parties.rules.applications.PaperStatus['FILED']), ('decided_at__isnull', False), _connector='OR'), name='parties_paper_decided'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', [trivium.parties.rules.applications.PaperStatus['IN_FORCE'], trivium.parties.rules.applications.PaperStatus['DECLINED']]), _negated=True), ('application__isnull', False), ('filed_by', None), ('decided_by', None), models.Q(('decided_by', models.F('filed_by')), _negated=True), _connector='OR'), name='parties_paper_not_by_its_filer'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', trivium.parties.rules.applications.PaperStatus['DECLINED']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='parties_declined_paper_has_words'),
        ),
        keep_history(
            "parties_paper",
            kind="paper",
            fields=["kind", "number", "expires_on", "status"],
            about=[("organization_id", "parties_organization")],
            from_the_start=True,
            only="NEW.organization_id IS NOT NULL",
        ),
    ]
