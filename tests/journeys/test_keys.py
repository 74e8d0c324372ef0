"""After a change of keys, what people sign in with still opens under the new key alone."""

import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from rich.console import Console

from trivium.core import sql
from trivium.parties import commands as parties
from trivium.parties.models import User
from trivium.parties.tests.factories import SYSTEM
from trivium.project.keys import FAILED, FINE, run

pytestmark = pytest.mark.django_db(transaction=True)
NEW, OTHER = "n" * 40, "o" * 40


@pytest.fixture
def secret(settings, tmp_path) -> str:
    """The secret of somebody's codes, kept under the keys of today."""
    settings.MEDIA_ROOT = tmp_path / "files"
    made = parties.register_person(SYSTEM, email="lin@example.test", name="Lin Yue", password="correct horse 9")
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(pk=made.pk), secret)
    return secret


def kept() -> str:
    """The secret as the page that asks for a code reads it."""
    return str(TOTP(Authenticator.objects.get()).instance.data["secret"])


def test_second_factors_come_under_the_new_key(secret, settings):
    old = settings.VAULT_KEYS if isinstance(settings.VAULT_KEYS, str) else settings.VAULT_KEYS.read_text()
    before = kept()
    settings.VAULT_KEYS = f"{NEW} {old}"
    said = io.StringIO()
    assert run(Console(file=said)) == FINE, said.getvalue()
    settings.VAULT_KEYS = NEW
    assert kept() != before and secret not in sql.rows("SELECT data::text FROM mfa_authenticator")[0][0]
    assert parties.renew_second_factors() == 0


def test_one_whose_key_is_gone_is_told_and_nothing_is_called_done(secret, settings):
    settings.VAULT_KEYS = OTHER
    said = io.StringIO()
    assert run(Console(file=said)) == FAILED
    assert "second factors" in said.getvalue()
