"""A person's own say: consents with their versions, what is held, being erased, and being forgotten in time."""

import datetime as dt

import pytest
from django.db import connection, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import Denied, NotFound
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, now, use_clock
from trivium.parties import commands, queries
from trivium.parties.errors import AlreadyErased, NotThisAddress, OnlyAdministrator, OtherWords
from trivium.parties.jobs import forget
from trivium.parties.models import ApiKey, Consent, Membership, Preference, User
from trivium.parties.rules import BY_CODE, RETENTION, Jurisdiction, Kept, days_kept, jurisdiction_of
from trivium.parties.tests.factories import SYSTEM, make_actor, make_organization

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)


@pytest.fixture
def company():
    return make_organization("Chenguang", "supplier")


def mail_of(actor: Actor) -> str:
    return str(User.objects.get(pk=actor.user_id).email)


# -- rules -------------------------------------------------------------------------------------------------------------


def test_the_strictest_law_of_a_persons_countries_holds():
    assert jurisdiction_of(["CN"]) == Jurisdiction.PIPL
    assert jurisdiction_of(["CN", "DE"]) == jurisdiction_of(["GB"]) == Jurisdiction.GDPR
    assert jurisdiction_of([]) == jurisdiction_of(["US"]) == Jurisdiction.OTHER


def test_every_kind_has_one_rule_under_every_law():
    assert sorted((rule.kept, rule.jurisdiction) for rule in RETENTION) == sorted(
        (kept, law) for kept in Kept for law in Jurisdiction
    )


# -- consents ----------------------------------------------------------------------------------------------------------


def test_a_consent_says_what_in_which_version_when_and_by_which_way(company):
    actor = make_actor(company, "supplier")
    commands.give_consent(actor, "news", version=1)
    commands.give_consent(actor, "news", version=1)  # once more changes nothing
    (row,) = queries.consents_of(actor)
    assert (row.purpose, row.version, row.jurisdiction, row.via, row.withdrawn_at) == ("news", 1, "pipl", "web", None)
    commands.withdraw_consent(actor, "news")
    (row,) = queries.consents_of(actor)
    assert row.withdrawn_at is not None
    commands.give_consent(actor, "news", version=1)
    assert [each.withdrawn_at is None for each in queries.consents_of(actor)] == [True, False]


def test_unknown_purposes_old_words_and_programs_without_a_person_are_refused(company):
    actor = make_actor(company, "supplier")
    before = EventRecord.objects.count()
    for refusal, act in (
        (NotFound, lambda: commands.give_consent(actor, "everything", version=1)),
        (OtherWords, lambda: commands.give_consent(actor, "news", version=BY_CODE["news"].version + 1)),
        (NotFound, lambda: commands.withdraw_consent(actor, "news")),
        (Denied, lambda: commands.give_consent(SYSTEM, "news", version=1)),
    ):
        with pytest.raises(refusal), transaction.atomic():
            act()
    assert not Consent.objects.exists() and EventRecord.objects.count() == before


# -- what is held ------------------------------------------------------------------------------------------------------


def test_a_person_gets_everything_that_is_held_and_no_secret(company):
    actor = make_actor(company, "supplier")
    ref, secret = commands.create_api_key(actor, label="ERP")
    commands.keep_preference(actor, "theme", "dark")
    commands.give_consent(actor, "news", version=1)
    held = queries.held_on(actor)
    assert held["person"]["email"] == mail_of(actor) and held["jurisdiction"] == "pipl"
    assert [place["organization__ref"] for place in held["places"]] == [company.ref]
    assert (held["settings"][0]["value"], held["keys"][0]["ref"]) == ("dark", ref)
    assert {act["what"] for act in held["acts"]} == {"ConsentGiven"}
    text = str(held)
    assert secret not in text and "password" not in text and "secret_hash" not in text


def test_every_link_to_a_person_is_either_told_or_the_persons_own(company):
    """Whatever table names a person, its rows are found for the person."""
    actor = make_actor(company, "supplier")
    other = make_actor(company, "supplier")
    asked = commands.ask_approval(actor, subject="ord_1", act="order.place", organization_id=company.pk, needed=1)
    named = queries.held_on(actor)["named_in"]
    assert {"what": "parties.approval", "ref": asked.ref, "as": "asked_by"} in named
    assert asked.ref not in str(queries.held_on(other)["named_in"])
    labels = {model._meta.label_lower for model, _field in queries.links_to_persons()}
    assert {"parties.membership", "notices.mail", "ordering.order", "parties.consent"} <= labels


# -- erasure -----------------------------------------------------------------------------------------------------------


def test_an_erased_person_is_nowhere_in_the_database_by_name_or_address(company):
    make_actor(company, "supplier")
    actor = make_actor(company, "supplier")
    User.objects.filter(pk=actor.user_id).update(name="Ouyang Marker", email="marker@example.test")
    key, _secret = commands.create_api_key(actor, label="ERP")
    commands.keep_preference(actor, "theme", "dark")
    asked = commands.ask_approval(actor, subject="ord_1", act="order.place", organization_id=company.pk, needed=1)
    commands.erase_myself(actor, email=" Marker@Example.test ")
    person = User.objects.get(pk=actor.user_id)
    assert (person.is_active, person.name.startswith("# ")) == (False, True)
    assert person.email is None and not person.has_usable_password()
    assert not Preference.objects.filter(user=person).exists()
    assert ApiKey.objects.get(ref=key).revoked_at is not None
    assert Membership.objects.get(user=person).ends_at is not None
    assert queries.actor_of(person.pk) is None
    asked.refresh_from_db()
    assert asked.asked_by_id == person.pk  # who asked can still be told apart
    assert EventRecord.objects.filter(name="PersonErased", subject=person.ref).count() == 1
    for table in connection.introspection.table_names():
        ((found,),) = sql.rows(f'SELECT count(*) FROM "{table}" t WHERE t::text ~* %s', ["marker@|Ouyang"])
        assert found == 0, table


def test_what_an_erased_person_had_begun_goes_to_an_administrator_of_each_company(company):
    admin, gone = make_actor(company, "supplier"), make_actor(company, "supplier", "staff")
    elsewhere = make_organization("Elsewhere", "buyer")
    commands.grant_role(SYSTEM, email=mail_of(gone), organization_ref=elsewhere.ref, role="buyer", job="admin")
    commands.erase_myself(gone, email=mail_of(gone))
    left = EventRecord.objects.filter(name="PersonLeft", subject=gone.user_ref).order_by("id")
    assert [(each.data["organization_ref"], each.data["to_ref"]) for each in left] == [
        (company.ref, admin.user_ref), (elsewhere.ref, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("others_buy", [True, False])
def test_what_an_erased_buyer_had_begun_goes_to_no_one_who_only_sells(others_buy):
    both = make_organization("Both", "buyer", "supplier")
    make_actor(both, "supplier")
    gone = make_actor(both, "supplier", "staff")
    commands.grant_role(SYSTEM, email=mail_of(gone), organization_ref=both.ref, role="buyer", job="admin")
    heir = make_actor(both, "buyer").user_ref if others_buy else ""
    commands.erase_myself(gone, email=mail_of(gone))
    assert EventRecord.objects.get(name="PersonLeft", subject=gone.user_ref).data["to_ref"] == heir


def test_nobody_is_erased_by_mistake_or_leaves_a_company_without_an_administrator(company):
    actor = make_actor(company, "supplier")
    with pytest.raises(NotThisAddress), transaction.atomic():
        commands.erase_myself(actor, email="other@example.test")
    make_actor(company, "supplier", "staff")
    with pytest.raises(OnlyAdministrator), transaction.atomic():
        commands.erase_myself(actor, email=mail_of(actor))
    make_actor(company, "supplier")
    with pytest.raises(Denied), transaction.atomic():
        commands.erase_person(actor, actor.user_ref, reason="asked")
    assert User.objects.get(pk=actor.user_id).erased_at is None
    operator = make_actor(make_organization("Platform", "operator"), "operator")
    commands.erase_person(operator, actor.user_ref, reason="asked for by letter")
    with pytest.raises(AlreadyErased), transaction.atomic():
        commands.erase_person(operator, actor.user_ref, reason="asked for by letter")
    with pytest.raises(OnlyAdministrator), transaction.atomic():
        commands.erase_myself(operator, email=mail_of(operator))


# -- in time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["CN", "DE"])
def test_who_has_left_is_forgotten_when_the_law_says_so_and_not_before(country):
    clock = SettableClock(START)
    with use_clock(clock):
        company = make_organization("Company", "supplier", country=country)
        stays, leaves = make_actor(company, "supplier"), make_actor(company, "supplier")
        Membership.objects.filter(user_id=leaves.user_id).update(ends_at=now())
        commands.give_consent(stays, "news", version=1)
        commands.withdraw_consent(stays, "news")
        clock.move(days=days_kept(RETENTION, Kept.LEFT)[jurisdiction_of([country])])
        assert forget() == 0
        clock.move(days=1)
        assert (forget(), forget()) == (1 if country == "DE" else 2, 0)
        erased = set(User.objects.filter(erased_at__isnull=False).values_list("pk", flat=True))
        assert erased == {leaves.user_id}
        clock.move(days=1096)
        forget()
        assert not Consent.objects.filter(purpose="news").exists()
