"""Feedback of whoever is not signed in: a ticket of a mail address, which is encrypted, opened by a link."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import trivium.core.fields


class Migration(migrations.Migration):
    dependencies = [("service", "0004_tickets_of_persons")]

    operations = [
        migrations.AlterField(
            "ticket",
            "opened_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            "ticketword",
            "by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("ticket", "address", trivium.core.fields.EncryptedTextField(null=True)),
        migrations.AddField("ticket", "link_hash", models.BinaryField(null=True, unique=True)),
        migrations.AddField("ticket", "locale", models.CharField(blank=True, db_default="", default="", max_length=10)),
        migrations.RemoveConstraint("ticket", "service_ticket_of_company_or_person"),
        migrations.AddConstraint(
            "ticket",
            models.CheckConstraint(
                condition=(Q(organization__isnull=False, opened_by__isnull=False) & ~Q(role__in=["person", "visitor"]))
                | Q(organization=None, role="person", opened_by__isnull=False)
                | Q(organization=None, role="visitor", opened_by=None),
                name="service_ticket_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            "ticket",
            models.CheckConstraint(
                condition=Q(role="visitor", address__isnull=False, link_hash__isnull=False)
                | (Q(address__isnull=True, link_hash__isnull=True) & (~Q(role="visitor") | Q(state="ended"))),
                name="service_ticket_of_visitor_has_address",
            ),
        ),
        migrations.AddConstraint(
            "ticketword",
            models.CheckConstraint(condition=Q(by__isnull=False) | Q(side="company"), name="service_word_by_somebody"),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(fields=["closed_at"], condition=Q(address__isnull=False), name="service_tickets_forgotten"),
        ),
    ]
