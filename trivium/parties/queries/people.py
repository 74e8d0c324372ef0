"""What people sign in with."""

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from trivium.core import sql
from trivium.parties.models import Phone, User


def phone_of(user_id: int) -> tuple[str, bool] | None:
    """A person's phone, and whether it is confirmed."""
    found = Phone.objects.filter(user_id=user_id).first()
    return (str(found.number), found.verified_at is not None) if found else None


def person_by_phone(number: str) -> User | None:
    """Whoever has confirmed that this phone is theirs."""
    found = Phone.objects.filter(number_print__of=number).exclude(verified_at=None).select_related("user").first()
    return found.user if found else None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser somebody is signed in with."""

    id: int
    session_key: str
    address: str
    browser: str
    since: dt.datetime


def sessions_of(user_id: int, at: dt.datetime) -> list[SessionRow]:
    """Where a person is signed in, the newest first. One statement."""
    return [SessionRow(*row) for row in sql.rows(_SESSIONS, {"user": user_id, "at": at})]


_SESSIONS = """
SELECT u.id, u.session_key, host(u.ip), u.user_agent, u.created_at FROM usersessions_usersession u
JOIN django_session s ON s.session_key = u.session_key AND s.expire_date > %(at)s
WHERE u.user_id = %(user)s ORDER BY u.created_at DESC, u.id DESC
"""


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A second factor or a passkey: "totp", "recovery_codes" or "webauthn"."""

    id: int
    kind: str
    name: str
    since: dt.datetime
    used_at: dt.datetime | None


def factors_of(user_id: int) -> list[FactorRow]:
    """What a person signs in with besides a password, oldest first."""
    found = Authenticator.objects.filter(user_id=user_id).order_by("pk")
    rows = found.values_list("id", "type", "data__name", "created_at", "last_used_at")
    return [FactorRow(key, kind, str(name or ""), since, used) for key, kind, name, since, used in rows]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Another service somebody signs in with."""

    id: int
    provider: str
    name: str
    since: dt.datetime


def links_of(user_id: int) -> list[LinkRow]:
    """Which other services are linked to a person's sign-in, oldest first."""
    found = SocialAccount.objects.filter(user_id=user_id).order_by("pk")
    return [
        LinkRow(each.pk, each.provider, str(each.get_provider_account().to_str()), each.date_joined) for each in found
    ]
