"""What people sign in with."""

from trivium.parties.models import Phone, User


def phone_of(user_id: int) -> tuple[str, bool] | None:
    """A person's phone, and whether it is confirmed."""
    found = Phone.objects.filter(user_id=user_id).first()
    return (str(found.number), found.verified_at is not None) if found else None


def person_by_phone(number: str) -> User | None:
    """Whoever has confirmed that this phone is theirs."""
    found = Phone.objects.filter(number_print__of=number).exclude(verified_at=None).select_related("user").first()
    return found.user if found else None
