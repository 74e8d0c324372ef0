"""Feedback of people who work in no company: a ticket is its company's, or else of the person who opened it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("service", "0003_exchange")]

    operations = [
        migrations.AlterField(
            model_name="ticket",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=(Q(organization__isnull=False) & ~Q(role="person"))
                | Q(organization=None, role="person", opened_by__isnull=False),
                name="service_ticket_of_company_or_person",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["opened_by", "-id"], condition=Q(organization=None), name="service_tickets_of_person"
            ),
        ),
    ]
