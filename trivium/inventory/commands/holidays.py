"""A supplier says when it does not work, and takes it back."""

import datetime as dt
from collections.abc import Mapping

from trivium.catalog.rules import clean_words
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound
from trivium.core.events import publish
from trivium.core.time import business_day, now
from trivium.inventory.errors import HolidayOverlaps
from trivium.inventory.events import HolidaySet, HolidayTakenBack
from trivium.inventory.models import Holiday
from trivium.inventory.rules import HOLIDAY_WORDS, check_holiday


@act
def set_holiday(actor: Actor, *, begins: dt.date, ends: dt.date, words: str | Mapping[str, str] = "") -> str:
    """Do not work from a first day to a last one, both included; returns the holiday's reference.

    Orders placed from now on give the supplier as much longer to confirm. `words` is what buyers read beside the day
    on which it works again.
    Refuses: Denied("holiday.set"), HolidayOver, HolidayBackwards, HolidayTooLong, HolidayOverlaps, TooLong, BadWords.
    """
    actor.require("holiday.set")
    if actor.organization_id is None:
        raise Denied(permission="holiday.set")
    said = clean_words(words, limit=HOLIDAY_WORDS, field="words", required=False)
    at = now()
    check_holiday(begins, ends, business_day(at))
    mine = Holiday.objects.filter(organization_id=actor.organization_id, removed_at=None)
    if (other := mine.filter(begins__lte=ends, ends__gte=begins).first()) is not None:
        raise HolidayOverlaps(begins=other.begins.isoformat(), ends=other.ends.isoformat(), field="begins")
    made = Holiday(organization_id=actor.organization_id, begins=begins, ends=ends, words=said, set_by=actor.ref,
                   set_at=at)  # fmt: skip
    made.save(force_insert=True)
    told = {"begins": begins.isoformat(), "ends": ends.isoformat()}
    publish(HolidaySet(subject=made.ref, audience=(actor.organization_ref,), **told), actor=actor, at=at)
    return made.ref


@act
def remove_holiday(actor: Actor, holiday_ref: str) -> None:
    """Work on those days after all. Deadlines that were set meanwhile stay.

    Refuses: Denied("holiday.set"), NotFound (also: taken back already).
    """
    actor.require("holiday.set")
    found = list(Holiday.objects.visible_to(actor).filter(ref=holiday_ref, removed_at=None).locked())
    if not found:
        raise NotFound(what="holiday", ref=holiday_ref)
    at = now()
    found[0].removed_at = at
    found[0].save(update_fields=["removed_at"])
    publish(HolidayTakenBack(subject=holiday_ref, audience=(actor.organization_ref,)), actor=actor, at=at)
