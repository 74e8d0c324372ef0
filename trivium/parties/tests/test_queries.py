"""Who may see whom, and in which workspaces a person works."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trivium.core.errors import Denied, NotFound
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.errors import NoPartner
from trivium.parties.models import ApprovalRule, Assignment, Membership, User
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization

pytestmark = pytest.mark.django_db


def test_a_company_sees_itself_a_partner_also_its_buyers_the_operator_all() -> None:
    partner, rival = make_organization("Partner", "partner"), make_organization("Rival", "partner")
    buyer, other = make_buyer("Haiwen", partner), make_buyer("Other", rival)
    operator = make_actor(make_organization("Sanhui", "operator"), "operator")
    assert queries.get_organization(make_actor(partner, "partner"), buyer.ref).name == "Haiwen"
    assert queries.get_organization(make_actor(buyer, "buyer"), buyer.ref).id == buyer.pk
    assert queries.get_organization(operator, other.ref).id == other.pk
    for actor, ref in [(make_actor(partner, "partner"), other.ref), (make_actor(buyer, "buyer"), partner.ref)]:
        with pytest.raises(NotFound):
            queries.get_organization(actor, ref)


def test_one_person_works_in_several_workspaces() -> None:
    dealer, maker = make_organization("Dealer", "partner", "buyer"), make_organization("Maker", "supplier")
    actor = make_actor(dealer, "partner")
    mail = User.objects.get(pk=actor.user_id).email
    for company, role in [(dealer, "buyer"), (maker, "supplier")]:
        commands.grant_role(SYSTEM, email=mail, organization_ref=company.ref, role=role, job="staff")
    found = queries.workspaces_of(actor.user_id or 0)
    assert [(w.organization_name, w.role) for w in found] == [
        ("Dealer", "partner"),
        ("Dealer", "buyer"),
        ("Maker", "supplier"),
    ]
    as_supplier = queries.actor_of(actor.user_id or 0, maker.ref, "supplier")
    assert as_supplier is not None
    assert as_supplier.may("order.confirm_supply")
    assert not as_supplier.may("order.place")
    assert queries.actor_of(actor.user_id or 0, maker.ref, "buyer") is None


def test_a_place_that_has_ended_opens_nothing() -> None:
    company = make_organization("Haiwen", "buyer")
    actor = make_actor(company, "buyer")
    Membership.objects.filter(user_id=actor.user_id).update(ends_at=now())
    assert queries.actor_of(actor.user_id or 0) is None
    assert queries.workspaces_of(actor.user_id or 0) == []


def test_a_key_dies_with_its_persons_account() -> None:
    actor = make_actor(make_organization("Haiwen", "buyer"), "buyer")
    _ref, secret = commands.create_api_key(actor, label="ERP")
    User.objects.filter(pk=actor.user_id).update(is_active=False)
    assert queries.opened_by(secret, now()) is None
    assert queries.opened_by("tvm_guess", now()) is None


def test_terms_name_the_partner_the_rule_and_whether_it_may_order() -> None:
    partner = make_organization("Partner", "partner", confirms_by_rule=True)
    buyer = make_buyer("Haiwen", partner, level="gold")
    commands.set_approval_rule(
        make_actor(buyer, "buyer"), organization_ref=buyer.ref, threshold=900, currency="CNY", needed=2
    )
    with CaptureQueriesContext(connection) as statements:
        terms = queries.trading_terms(buyer.pk, now())
    assert len(statements) == 1
    assert (terms.partner_ref, terms.partner_confirms_by_rule, terms.buyer_level) == (partner.ref, True, "gold")
    assert (terms.approval_over, terms.approvals_needed, terms.may_order) == (900, 2, True)
    commands.suspend(SYSTEM, partner.ref, reason="Fraud")
    assert not queries.trading_terms(buyer.pk, now()).may_order
    assert queries.suspended_among([buyer.pk, partner.pk]) == ["Partner"]
    commands.reinstate(SYSTEM, partner.ref, reason="Settled")
    assert queries.trading_terms(buyer.pk, now()).may_order


def test_a_buyer_without_a_partner_has_no_terms() -> None:
    with pytest.raises(NoPartner):
        queries.trading_terms(make_organization("Alone", "buyer").pk, now())


def test_the_list_of_companies_is_for_those_who_admit_them() -> None:
    partner = make_organization("Partner", "partner")
    buyer = make_buyer("Haiwen", partner)
    operator = make_actor(make_organization("Sanhui", "operator"), "operator")
    rows = {row.ref: row for row in queries.organizations(operator)}
    assert rows[buyer.ref].partner_name == "Partner"
    assert [row.ref for row in queries.organizations(operator, role="buyer")] == [buyer.ref]
    with pytest.raises(Denied):
        queries.organizations(make_actor(partner, "partner"))


def test_approvals_waiting_are_the_companys_own() -> None:
    company = make_organization("Haiwen", "buyer")
    asker, colleague = make_actor(company, "buyer"), make_actor(company, "buyer")
    commands.ask_approval(asker, subject="ord_x", act="order.place", organization_id=company.pk, needed=1)
    assert [row["mine"] for row in queries.approvals_waiting(asker)] == [True]
    assert [row["mine"] for row in queries.approvals_waiting(colleague)] == [False]
    assert queries.approvals_waiting(make_actor(make_organization("Rival", "buyer"), "buyer")) == []


def test_a_key_brings_its_buyers_terms_as_they_stand_alone() -> None:
    buyer, partner = make_organization("Haiwen", "buyer"), make_organization("Channel", "partner")
    owner, at = make_actor(buyer, "buyer"), now()
    Assignment.objects.create(buyer=buyer, partner=partner, starts_at=at)
    ApprovalRule.objects.create(organization=buyer, act="order.place", currency=buyer.currency, threshold=5, needed=2)
    _ref, secret = commands.create_api_key(owner, label="ERP")
    found = queries.opened_by(secret, now())
    assert found is not None
    assert found.terms == queries.trading_terms(buyer.id, now())
    assert (found.terms.partner_ref, found.terms.approval_over, found.terms.approvals_needed) == (partner.ref, 5, 2)
