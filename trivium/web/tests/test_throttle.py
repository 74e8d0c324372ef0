"""Guessing passwords: held back by person and by address, and nobody else with them."""

import pytest
from django.test import Client

from trivium.core import sql
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM, make_organization

pytestmark = pytest.mark.django_db

MAIL, PASSWORD = "lin@example.test", "correct horse 9"


@pytest.fixture(autouse=True)
def lin(settings):
    limits = {"login_failed": "10/900s/ip,20/900s/key", "login_failed_here": "2/900s/key"}
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **limits}
    company = make_organization("Haiwen", "buyer")
    parties.register_person(SYSTEM, email=MAIL, name="Lin Yue", password=PASSWORD)
    parties.grant_role(SYSTEM, email=MAIL, organization_ref=company.ref, role="buyer")


def attempt(password: str = "wrong", mail: str = MAIL, address: str = "203.0.113.5"):
    return Client().post("/sign-in/", {"login": mail, "password": password}, REMOTE_ADDR=address)


def test_the_third_guess_waits_even_if_it_is_right():
    assert [attempt().status_code for _ in range(2)] == [422, 422]
    refused = attempt(PASSWORD)
    assert refused.status_code == 429 and "This was tried too often" in refused.content.decode()
    assert attempt(PASSWORD, mail=f" {MAIL.upper()}").status_code == 429, "the same person, written otherwise"
    sql.execute("UPDATE core_cache SET expires = expires - interval '900 seconds'")
    assert attempt(PASSWORD).status_code == 302


def test_a_stranger_locks_nobody_out():
    for _ in range(3):
        attempt()
    assert attempt(PASSWORD, address="198.51.100.7").status_code == 302


def test_an_address_that_tries_many_people_waits():
    said = [attempt(mail=f"{n}@example.test").status_code for n in range(12)]
    assert said == [422] * 10 + [429] * 2
    assert attempt(PASSWORD).status_code == 429


def test_a_person_guessed_from_many_addresses_is_closed_for_a_while():
    said = [attempt(address=f"198.51.100.{n}").status_code for n in range(22)]
    assert said == [422] * 20 + [429] * 2


def test_signing_in_well_costs_nothing():
    for _ in range(8):
        assert attempt(PASSWORD).status_code == 302
    assert attempt().status_code == 422


def test_no_name_stands_in_what_is_counted():
    attempt()
    kept = [name for (name,) in sql.rows("SELECT cache_key FROM core_cache")]
    assert kept and [name for name in kept if "lin" in name or "@" in name] == []


def test_what_is_counted_holds_for_every_process():
    attempt()
    kept = [expires for (expires,) in sql.rows("SELECT expires FROM core_cache")]
    assert len(kept) >= 3, "in the database, not in this process"
