"""Announcements: what the operator tells groups, and who has to say that they have read it. Pure."""

from enum import StrEnum

from trivium.core.permissions import declare
from trivium.service.errors import BadAnnouncement, BadGroup, NobodyAddressed
from trivium.service.rules.tickets import EVERYBODY

PERMISSIONS = declare({"announcement.publish": ("operator",), "announcement.read": EVERYBODY})
GROUPS = EVERYBODY
LANGUAGES = ("en", "zh-hans")
TITLE, LETTER, COMPANIES = 120, 8000, 200


class Notice(StrEnum):
    """What an announcement is."""

    NEWS = "news"
    POLICY = "policy"
    TRAINING = "training"
    MINUTES = "minutes"


class Receipt(StrEnum):
    """What a person has done with an announcement, each once."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"


def check_notice(kind: str) -> None:
    """Whether this is one of the kinds.

    Refuses: BadAnnouncement.
    """
    if kind not in set(Notice):
        raise BadAnnouncement(kind=kind[:20], known=", ".join(Notice), field="kind")


def check_groups(roles: "tuple[str, ...]", companies: int) -> tuple[str, ...]:
    """To whom it goes: everybody in these roles, or in the named companies; in the order roles are always named.

    Refuses: BadGroup, NobodyAddressed.
    """
    for role in roles:
        if role not in GROUPS:
            raise BadGroup(role=role[:20], field="roles")
    if not roles and not companies:
        raise NobodyAddressed(field="roles")
    return tuple(role for role in GROUPS if role in roles)
