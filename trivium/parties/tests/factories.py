"""Parties for tests."""

from typing import Any

from trivium.core.actor import Actor
from trivium.core.ids import new_ref
from trivium.parties import commands, queries
from trivium.parties.models import Organization
from trivium.parties.rules import Job

SYSTEM = Actor.system("tests")


def make_organization(name: str, *roles: str, **kwargs: Any) -> Organization:
    """An admitted organization."""
    return commands.admit_organization(SYSTEM, name=name, roles=roles, **kwargs)


def make_actor(organization: Organization, role: str, job: str = Job.ADMIN) -> Actor:
    """A fresh person's workspace in an organization."""
    mail = f"{new_ref('p')}@example.test"
    user = commands.register_person(SYSTEM, email=mail, name="Lin Yue", password="correct horse 9")
    commands.grant_role(SYSTEM, email=mail, organization_ref=organization.ref, role=role, job=job)
    actor = queries.actor_of(user.pk, organization.ref, role)
    assert actor is not None
    return actor


def make_buyer(name: str, partner: Organization, **kwargs: Any) -> Organization:
    """A buyer under a partner."""
    buyer = make_organization(name, "buyer", **kwargs)
    commands.assign_buyer(SYSTEM, buyer_ref=buyer.ref, partner_ref=partner.ref)
    return buyer
