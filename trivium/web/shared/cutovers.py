"""The form that gives a buyer, or many, another partner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from trivium.core.time import business_day, now
from trivium.parties.queries import OrganizationRow
from trivium.web.shared import forms
from trivium.web.shared.forms import Field


@dataclass(frozen=True, slots=True)
class Move:
    """To which partner, from which day on, and why."""

    partner_ref: str
    from_day: date
    reason: str


def move_fields(partners: Sequence[OrganizationRow], chosen: str = "") -> tuple[Field, ...]:
    """What is asked of a change of partner."""
    choices = [(row.ref, row.name) for row in partners if "partner" not in row.waits_as and not row.suspended_at]
    return (
        Field("partner_ref", gettext("Channel partner"), "select", chosen, choices=choices,
              help=gettext("Orders placed before that day keep the partner they had, to their end.")),
        Field("from_day", gettext("From the day"), "date", business_day(now()).isoformat(), is_narrow=True,
              help=gettext("Today takes effect at once; a later day from its first minute on.")),
        Field("reason", gettext("Reason"), limit=500, required=False,
              help=gettext("Only the operator reads it. Needed unless the buyer had no partner.")),
    )  # fmt: skip


def read_move(values: Mapping[str, str]) -> Move:
    """What was filled in.

    Refuses: what is no date.
    """
    return Move(values.get("partner_ref", ""), forms.date(values, "from_day"), values.get("reason", ""))
