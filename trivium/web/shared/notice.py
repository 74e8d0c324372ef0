"""The privacy notice as whoever signs up has it before them, and what they are asked to agree to with it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from trivium.parties import queries
from trivium.parties.rules import NEEDED, NOTICE, PURPOSES, Jurisdiction, Kept, Purpose
from trivium.web.shared import words
from trivium.web.shared.forms import Field


def consent_field(purpose: Purpose) -> Field:
    """What somebody agrees to by a tick; only without the first of all there is no sign-in."""
    needed = gettext("Needed: without it nobody can be told apart here.") if purpose.code in NEEDED else gettext(
        "As you like; you can change it at any time under “Your data”.")  # fmt: skip
    return Field(f"agrees_{purpose.code}", gettext(purpose.words), "checkbox", required=False,
                 help=gettext("%(first)s %(second)s") % {"first": gettext(purpose.help), "second": needed})  # fmt: skip


def consent_fields() -> tuple[Field, ...]:
    """All of them, with which words are shown."""
    return (*(consent_field(each) for each in PURPOSES), Field("notice", kind="hidden", value=NOTICE))


def agreed(values: Mapping[str, Any]) -> list[str]:
    """The purposes that were ticked in a form."""
    return [each.code for each in PURPOSES if values.get(f"agrees_{each.code}")]


def notice() -> dict[str, Any]:
    """The notice: what for and by which law, in which version, and how long what is kept under which law."""
    days = {(rule.kept, rule.jurisdiction): rule.days for rule in queries.retention_rules()}
    said, comma = gettext("%(what)s: "), gettext("; ")
    under = [(law, said % {"what": words.word("law_in_short", law)}) for law in Jurisdiction]
    return {
        "purposes": [
            {"words": gettext(each.words), "help": gettext(each.help), "law": words.cited(each.law),
             "version": each.version}
            for each in PURPOSES
        ],  # fmt: skip
        "kept": [
            (words.word("kept_data", kept), comma.join(f"{its}{how_long(days[kept, law])}" for law, its in under))
            for kept in Kept
        ],
    }


def how_long(days: int) -> str:
    """A term as people count it: whole years, else days."""
    if days == 0:
        return gettext("At once")
    if days % 365 == 0:
        return ngettext("%(count)s year", "%(count)s years", days // 365) % {"count": days // 365}
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
