"""What a person signs in with, as far as it is ours: their phone. Mail, passwords and passkeys are allauth's."""

from trivium.core.acts import act
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
