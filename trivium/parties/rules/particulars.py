"""What a company may change about itself at once, and what the operator looks at first: pure."""

import re
import unicodedata
from enum import StrEnum

from stdnum import iban
from stdnum.exceptions import ValidationError

from trivium.parties.errors import BadAccount


class ChangeKind(StrEnum):
    """What is looked at again before it is in force: whoever pays or contracts relies on it."""

    LEGAL_NAME = "legal_name"
    NUMBER = "number"
    BANK = "bank"


class ChangeStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


REVIEWED: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.LEGAL_NAME: ("legal_name",),
    ChangeKind.NUMBER: ("number",),
    ChangeKind.BANK: ("holder", "bank", "account"),
}
"""The fields of each kind of change."""
SCREENED: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.LEGAL_NAME: ("namesake", "blocklist"),
    ChangeKind.NUMBER: ("checksum", "duplicate", "blocklist"),
    ChangeKind.BANK: ("account", "blocklist"),
}
"""Which of the screening rules look at each kind of change."""
AT_ONCE = ("name", "address", "region", "industry", "size")
"""What a company changes about itself without asking."""
MOST_CONTACTS = 20


def clean_account(text: str, *, field: str) -> str:
    """A bank account as it is kept: an IBAN with the right check digits, or 6 to 30 digits.

    Refuses: BadAccount.
    """
    account = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if re.fullmatch(r"[0-9]{6,30}", account):
        return account
    try:
        return str(iban.validate(account))
    except ValidationError:
        raise BadAccount(field=field) from None
