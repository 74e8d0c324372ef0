"""Phones: numbers as people write them, and whoever carries short messages to them."""

from typing import Protocol

import phonenumbers

from trivium.parties.errors import BadPhone

HOME = "CN"


def read_phone(text: str, *, field: str = "phone") -> str:
    """A phone in the form +8613800138000, from how somebody wrote it; without a country's code it is one of China.

    Refuses: BadPhone, if no such number can be called.
    """
    try:
        number = phonenumbers.parse(text[:40], HOME)
    except phonenumbers.NumberParseException:
        raise BadPhone(field=field) from None
    if not phonenumbers.is_valid_number(number):
        raise BadPhone(field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class TextSender(Protocol):
    """Carries short messages to phones: a company outside, or on a trial site a folder."""

    name: str

    def send(self, number: str, text: str) -> None:
        """Send a text to +8613800138000. It returns once the text is taken over.

        Raises OSError, if it was not.
        """


_senders: dict[str, TextSender] = {}


def register_text_sender(sender: TextSender) -> None:
    """Make a sender known; the one registered last is used."""
    _senders[sender.name] = sender


def text_sender() -> TextSender | None:
    """Whoever carries short messages here; None where nobody does, and phones are no way to sign in."""
    return next(reversed(_senders.values()), None)
