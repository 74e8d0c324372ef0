"""What a person signs in with, as far as it is ours: their phone, what encrypts second factors, and ending sessions.

Mail addresses, passwords, passkeys and sessions themselves are allauth's.
"""

import base64

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from trivium.core import vault
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.time import now
from trivium.parties.models import Phone, User
from trivium.parties.rules import read_phone


@act
def name_phone(user_id: int, number: str) -> None:
    """Note the phone a person says is theirs; it signs nobody in before it is confirmed.

    Refuses: BadPhone.
    """
    _keep(user_id, read_phone(number), confirmed=False)


@act
def confirm_phone(user_id: int, number: str) -> None:
    """Let a person sign in with a phone: the code that went there has come back. An earlier phone is forgotten.

    Whoever else had named it, and never confirmed it, loses it.
    Refuses: BadPhone.
    """
    _keep(user_id, read_phone(number), confirmed=True)


def _keep(user_id: int, number: str, *, confirmed: bool) -> None:
    list(User.objects.filter(pk=user_id).select_for_update())
    if confirmed:
        Phone.objects.filter(number_print__of=number).exclude(user_id=user_id).filter(verified_at=None).delete()
    at = now() if confirmed else None
    Phone.objects.update_or_create(user_id=user_id, defaults={"number": number, "verified_at": at})


@act
def end_session(actor: Actor, session_id: int) -> None:
    """Sign the person behind the actor out of one of their browsers.

    Refuses: NotFound, if it is over or somebody else's.
    """
    found = UserSession.objects.filter(user_id=actor.user_id or 0, pk=session_id).first()
    if found is None:
        raise NotFound(what="session", ref=str(session_id))
    found.end()


SECRETS, USE = ("secret", "seed"), "mfa_authenticator.data"


def seal_secret(text: str) -> str:
    """A second factor's secret as allauth may keep it."""
    return base64.b64encode(vault.encrypt(text.encode(), USE)).decode()


def open_secret(sealed: str) -> str:
    """The secret again. Raises vault.Unreadable, if its key is gone."""
    return vault.decrypt(base64.b64decode(sealed), USE).decode()


@act
def renew_second_factors() -> int:
    """Encrypt the secrets of second factors under the newest key; returns how many were not."""
    renewed = 0
    for each in Authenticator.objects.filter(data__has_any_keys=SECRETS).order_by("pk").select_for_update():
        old = {name: each.data[name] for name in SECRETS if name in each.data}
        if all(vault.is_current(base64.b64decode(value)) for value in old.values()):
            continue
        each.data = {**each.data, **{name: seal_secret(open_secret(value)) for name, value in old.items()}}
        each.save(update_fields=["data"])
        renewed += 1
    return renewed
