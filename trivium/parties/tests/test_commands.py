"""Admitting, assigning, keys and approvals on a real database."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate
from django.db import transaction

from trivium.core.errors import Denied, Empty, NotFound, Refusal, TooLong
from trivium.core.limits import Limit
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.core.quantity import BadQuantity
from trivium.core.time import SettableClock, now, use_clock
from trivium.parties import commands, queries
from trivium.parties.errors import (
    AlreadyAssigned,
    AlreadyDecided,
    BadCountry,
    BadCurrency,
    BadIndustry,
    BadRegion,
    BadRole,
    BadSize,
    MailTaken,
    NotAnApprover,
    NotYetActive,
    OwnRequest,
)
from trivium.parties.models import ApiKey, Approval, ApprovalRule, ApprovalVote, Assignment, Membership, Organization
from trivium.parties.rules import DEFAULT_SCOPES
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 9"


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    clock = SettableClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    with use_clock(clock):
        yield clock


# -- admitting ---------------------------------------------------------------------------------------------------------


def test_a_company_is_admitted_in_several_roles() -> None:
    made = make_organization("Haiwen", "buyer", "partner")
    told = EventRecord.objects.filter(subject=made.ref, name="OrganizationAdmitted")
    assert sorted(event.data["role"] for event in told) == ["buyer", "partner"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": "   "}, Empty),
        ({"name": "x" * 121}, TooLong),
        ({"roles": ("king",)}, BadRole),
        ({"roles": ()}, BadRole),
        ({"country": "China"}, BadCountry),
        ({"country": "cn"}, BadCountry),
        ({"currency": "RENMINBI"}, BadCurrency),
        ({"currency": "cny"}, BadCurrency),
        ({"region": "4" * 21}, TooLong),
        ({"region": "Guangdong"}, BadRegion),
        ({"region": "990000"}, BadRegion),
        ({"region": "4403"}, BadRegion),
        ({"industry": "Z"}, BadIndustry),
        ({"size": "huge"}, BadSize),
        ({"level": "gold" * 6}, TooLong),
        ({"external_id": "9" * 81}, TooLong),
    ],
)
def test_a_company_that_cannot_be_written_is_refused(values: dict, refusal: type[Refusal]) -> None:
    before = Organization.objects.count(), EventRecord.objects.count()
    with pytest.raises(refusal), transaction.atomic():
        commands.admit_organization(SYSTEM, **{"name": "Haiwen", "roles": ("buyer",), **values})
    assert (Organization.objects.count(), EventRecord.objects.count()) == before


@pytest.mark.parametrize(("country", "region"), [("CN", "440305"), ("CN", ""), ("GB", "Kent"), ("DE", "990000")])
def test_only_regions_of_china_are_codes_of_its_own(country: str, region: str) -> None:
    made = commands.admit_organization(SYSTEM, name="Haiwen", roles=("buyer",), country=country, region=region)
    assert Organization.objects.get(pk=made.pk).region == region


def test_a_role_named_twice_is_one_role() -> None:
    made = commands.admit_organization(SYSTEM, name="Haiwen", roles=("buyer", "buyer"))
    assert made.roles.count() == 1


def test_only_the_operators_administrators_admit() -> None:
    operator = make_organization("Sanhui", "operator")
    for job in ("staff", "finance", "approver"):
        with pytest.raises(Denied), transaction.atomic():
            commands.admit_organization(make_actor(operator, "operator", job), name="Friend", roles=("supplier",))
    assert commands.admit_organization(make_actor(operator, "operator"), name="Friend", roles=("supplier",)).pk


def test_buyers_are_imported_once_under_their_partner() -> None:
    partner = make_organization("Direct", "partner")
    rows = [("First", "1", "GB"), ("Second", "2", "FR")]
    for _again in range(2):
        commands.admit_buyers(SYSTEM, rows, partner_ref=partner.ref, currency="GBP")
    found = queries.organizations_by_external_id(["1", "2", "3"])
    assert {key: party.name for key, party in found.items()} == {"1": "First", "2": "Second"}
    assert Assignment.objects.filter(partner=partner).count() == len(rows)


def test_the_platform_is_founded_once() -> None:
    first = commands.found_operator(company="Sanhui", currency="CNY")
    assert commands.found_operator(company="Another", currency="GBP") == first
    house = queries.house_partner()
    assert house is not None
    assert house.currency == "CNY"


# -- people ------------------------------------------------------------------------------------------------------------


def test_a_person_signs_in_with_mail_and_password() -> None:
    user = commands.register_person(SYSTEM, email=" Wei@Example.test ", name="Chen Wei", password=PASSWORD)
    assert authenticate(email="wei@example.TEST", password=PASSWORD) == user
    for mail, password in [("wei@example.test", "wrong"), ("nobody@example.test", PASSWORD), ("", "")]:
        assert authenticate(email=mail, password=password) is None


def test_a_mail_address_belongs_to_one_person() -> None:
    commands.register_person(SYSTEM, email="wei@example.test", name="Chen Wei", password=PASSWORD)
    with pytest.raises(MailTaken), transaction.atomic():
        commands.register_person(SYSTEM, email="WEI@example.test", name="Other", password=PASSWORD)


def test_a_place_needs_a_role_of_the_company_and_a_known_job() -> None:
    company = make_organization("Haiwen", "buyer")
    commands.register_person(SYSTEM, email="wei@example.test", name="Chen Wei", password=PASSWORD)
    for role, job in [("supplier", "staff"), ("king", "staff"), ("buyer", "emperor")]:
        with pytest.raises(BadRole), transaction.atomic():
            commands.grant_role(SYSTEM, email="wei@example.test", organization_ref=company.ref, role=role, job=job)
    with pytest.raises(NotFound), transaction.atomic():
        commands.grant_role(SYSTEM, email="no@example.test", organization_ref=company.ref, role="buyer")
    assert not Membership.objects.filter(organization=company).exists()


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_key_opens_its_workspace_until_it_is_revoked() -> None:
    company = make_organization("Haiwen", "buyer")
    owner = make_actor(company, "buyer")
    ref, secret = commands.create_api_key(owner, label="ERP", job="requester")
    found = queries.opened_by(secret, now())
    assert found is not None
    opened = found.actor
    assert found.terms is None  # nobody serves this buyer yet
    assert opened.scopes == frozenset(DEFAULT_SCOPES)
    assert (opened.organization_ref, opened.role, opened.via) == (company.ref, "buyer", f"api:{ref}")
    assert opened.may("order.place")
    assert not opened.may("approval.decide")
    assert secret.encode() not in bytes(ApiKey.objects.get(ref=ref).secret_hash)
    commands.revoke_api_key(owner, ref)
    assert queries.opened_by(secret, now()) is None
    with pytest.raises(NotFound), transaction.atomic():
        commands.revoke_api_key(owner, ref)


def test_keys_are_made_by_administrators_and_revoked_by_their_own_company() -> None:
    company = make_organization("Haiwen", "buyer")
    with pytest.raises(Denied), transaction.atomic():
        commands.create_api_key(make_actor(company, "buyer", "staff"), label="ERP")
    with pytest.raises(BadRole), transaction.atomic():
        commands.create_api_key(make_actor(company, "buyer"), label="ERP", job="emperor of all")
    ref, secret = commands.create_api_key(make_actor(company, "buyer"), label="ERP")
    with pytest.raises(NotFound), transaction.atomic():
        commands.revoke_api_key(make_actor(make_organization("Rival", "buyer"), "buyer"), ref)
    assert queries.opened_by(secret, now()) is not None


def test_a_keys_last_use_is_metered_and_kept() -> None:
    owner = make_actor(make_organization("Haiwen", "buyer"), "buyer")
    _ref, secret = commands.create_api_key(owner, label="ERP")
    assert [row.used_at for row in queries.api_keys_of(owner)] == [None]
    assert queries.opened_by(secret, now(), Limit(2, 60)).allowance.left == 1
    (row,) = queries.api_keys_of(owner)
    assert row.used_at is not None
    assert (commands.note_uses(), commands.note_uses()) == (1, 0)
    assert ApiKey.objects.get(ref=row.ref).used_at == row.used_at


# -- whose buyer -------------------------------------------------------------------------------------------------------


def test_a_new_assignment_ends_the_one_in_force(clock: SettableClock) -> None:
    first, second = make_organization("First", "partner"), make_organization("Second", "partner")
    buyer = make_buyer("Haiwen", first)
    placed = clock.at
    moved = clock.move(days=1)
    commands.assign_buyer(SYSTEM, buyer_ref=buyer.ref, partner_ref=second.ref)
    assert queries.trading_terms(buyer.pk, placed).partner_ref == first.ref
    assert queries.trading_terms(buyer.pk, moved - dt.timedelta(microseconds=1)).partner_ref == first.ref
    assert queries.trading_terms(buyer.pk, moved).partner_ref == second.ref
    with pytest.raises(AlreadyAssigned), transaction.atomic():
        commands.assign_buyer(SYSTEM, buyer_ref=buyer.ref, partner_ref=second.ref)


def test_only_a_buyer_is_assigned_and_only_to_a_partner() -> None:
    partner, supplier = make_organization("Partner", "partner"), make_organization("Maker", "supplier")
    buyer = make_organization("Haiwen", "buyer")
    for buyer_ref, partner_ref in [(buyer.ref, supplier.ref), (supplier.ref, partner.ref), (buyer.ref, buyer.ref)]:
        with pytest.raises(BadRole), transaction.atomic():
            commands.assign_buyer(SYSTEM, buyer_ref=buyer_ref, partner_ref=partner_ref)
    assert not Assignment.objects.exists()


# -- approvals ---------------------------------------------------------------------------------------------------------


def rule(actor: object, company: Organization, **kwargs: object) -> None:
    values = {"organization_ref": company.ref, "threshold": 1, "currency": "CNY", "needed": 1, **kwargs}
    commands.set_approval_rule(actor, **values)  # type: ignore[arg-type]


def test_a_company_sets_its_own_approval_rule() -> None:
    buyer = make_buyer("Haiwen", make_organization("Partner", "partner"))
    rule(make_actor(buyer, "buyer"), buyer, threshold=50000, needed=2)
    rule(make_actor(buyer, "buyer"), buyer, threshold=70000, needed=1)
    assert list(ApprovalRule.objects.values_list("threshold", "needed")) == [(70000, 1)]


def test_a_partner_does_not_touch_the_approvals_of_its_buyers() -> None:
    partner = make_organization("Partner", "partner")
    buyer = make_buyer("Haiwen", partner)
    with pytest.raises(NotFound), transaction.atomic():
        rule(make_actor(partner, "partner"), buyer, threshold=10**12)
    assert not ApprovalRule.objects.exists()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"threshold": -1}, BadAmount),
        ({"threshold": 10**19}, BadAmount),
        ({"needed": 0}, BadQuantity),
        ({"needed": -3}, BadQuantity),
        ({"needed": 10**6}, BadQuantity),
        ({"currency": "YUAN"}, BadCurrency),
    ],
)
def test_an_approval_rule_that_makes_no_sense_is_refused(values: dict, refusal: type[Refusal]) -> None:
    buyer = make_organization("Haiwen", "buyer")
    with pytest.raises(refusal), transaction.atomic():
        rule(make_actor(buyer, "buyer"), buyer, **values)
    assert not ApprovalRule.objects.exists()


class Asked:
    """A requester has asked for two approvals of their own company."""

    def __init__(self, needed: int = 2) -> None:
        self.company = make_organization("Haiwen", "buyer")
        self.asker = make_actor(self.company, "buyer")
        self.approval = commands.ask_approval(
            self.asker, subject="ord_x", act="order.place", organization_id=self.company.pk, needed=needed
        )

    def decide(self, actor: object, *, yes: bool = True) -> str:
        return commands.decide(actor, self.approval.ref, yes=yes)  # type: ignore[arg-type]

    def colleague(self, job: str = "approver") -> object:
        return make_actor(self.company, "buyer", job)

    def decided(self) -> list[bool]:
        return [event.data["approved"] for event in EventRecord.objects.filter(name="ApprovalDecided")]


def test_second_approver_must_differ() -> None:
    asked = Asked()
    first = asked.colleague()
    assert asked.decide(first) == "waiting"
    with pytest.raises(AlreadyDecided), transaction.atomic():
        asked.decide(first)
    assert (ApprovalVote.objects.count(), asked.decided()) == (1, [])
    assert asked.decide(asked.colleague("finance")) == "approved"
    assert asked.decided() == [True]


def test_nobody_approves_what_they_asked_for() -> None:
    asked = Asked(needed=1)
    with pytest.raises(OwnRequest), transaction.atomic():
        asked.decide(asked.asker)
    assert (ApprovalVote.objects.count(), asked.decided()) == (0, [])


def test_an_approval_is_decided_once() -> None:
    asked = Asked()
    assert asked.decide(asked.colleague(), yes=False) == "declined"
    with pytest.raises(AlreadyDecided), transaction.atomic():
        asked.decide(asked.colleague())
    assert asked.decided() == [False]


def test_what_is_withdrawn_waits_for_nobody() -> None:
    asked = Asked()
    asked.decide(asked.colleague())
    commands.withdraw_approval("ord_x", at=now())
    assert queries.approvals_waiting(asked.asker) == []
    with pytest.raises(AlreadyDecided), transaction.atomic():
        asked.decide(asked.colleague())
    assert list(queries.faults()) == []


def test_strangers_and_staff_do_not_decide() -> None:
    asked = Asked()
    with pytest.raises(NotFound), transaction.atomic():
        asked.decide(make_actor(make_organization("Rival", "buyer"), "buyer"))
    for job in ("staff", "requester"):
        with pytest.raises(NotAnApprover), transaction.atomic():
            asked.decide(asked.colleague(job))
    assert not ApprovalVote.objects.exists()


def test_an_approval_is_asked_once_per_subject() -> None:
    asked = Asked()
    again = commands.ask_approval(
        asked.asker, subject="ord_x", act="order.place", organization_id=asked.company.pk, needed=5
    )
    assert again.pk == asked.approval.pk
    assert Approval.objects.get().needed == 2
    assert EventRecord.objects.filter(name="ApprovalAsked").count() == 1


def test_the_company_that_decides_is_told_even_if_the_platform_asks() -> None:
    operator = make_organization("Sanhui", "operator")
    commands.ask_approval(SYSTEM, subject="pyo_x", act="payout.send", organization_id=operator.pk, needed=2)
    assert EventRecord.objects.get(name="ApprovalAsked").audience == [operator.ref]


def test_the_buyers_of_the_operators_company_have_no_say_in_its_payouts() -> None:
    operator = make_organization("Sanhui", "operator", "buyer")
    asked = commands.ask_approval(SYSTEM, subject="pyo_x", act="payout.send", organization_id=operator.pk, needed=1)
    buyer, money = make_actor(operator, "buyer"), make_actor(operator, "operator")
    assert queries.approvals_waiting(buyer) == [] and queries.votes_waiting(money) == 1
    with pytest.raises(NotFound), transaction.atomic():
        commands.decide(buyer, asked.ref, yes=True)
    assert commands.decide(money, asked.ref, yes=True) == "approved"


def test_a_partner_that_somebody_admits_waits_for_its_share_contract() -> None:
    """No plan, no activation, whichever way it came in; the system's own acts bring their contracts along."""
    boss = make_actor(make_organization("Platform", "operator"), "operator")
    made = commands.admit_organization(boss, name="Nanfang", roles=("partner", "buyer"))
    assert queries.get_company(boss, made.ref).waits_as == ("partner",)
    buyer = make_organization("Haiwen", "buyer")
    with pytest.raises(NotYetActive), transaction.atomic():
        commands.assign_buyer(boss, buyer_ref=buyer.ref, partner_ref=made.ref)
    house = commands.admit_organization(boss, name="House", roles=("partner",), is_house=True)
    assert queries.get_company(boss, house.ref).waits_as == ()
