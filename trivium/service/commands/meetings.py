"""The acts on meetings: the operator calls, moves, calls off and writes minutes; whoever is invited answers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.time import now
from trivium.service import queries
from trivium.service.commands.addressing import both, both_lines, group_of, person_of, told
from trivium.service.commands.announcements import announce, withdraw_announcement
from trivium.service.errors import MeetingNotBegun, MeetingOver, NotAsked, TooManyPoints
from trivium.service.events import (
    MeetingAnswered,
    MeetingCalled,
    MeetingCalledOff,
    MeetingIsNear,
    MeetingMoved,
    MinutesPublished,
)
from trivium.service.models import Meeting, MeetingAnswer, MeetingCompany, Minutes, MinutesPoint
from trivium.service.rules import (
    AGENDA,
    DECISION,
    DECISIONS,
    GUESTS,
    LANGUAGES,
    LETTER,
    LINK,
    PLACE,
    SUBJECT,
    TASKS,
    TITLE,
    WHO,
    Coming,
    Notice,
    Task,
    check_coming,
    check_place,
    check_span,
    check_zone,
    minutes_letter,
    minutes_title,
    remind_at,
)

FORGOTTEN_AFTER = dt.timedelta(days=180)
SAID = LETTER // 2  # what was said; decisions and tasks need room beside it
BATCH = 500


@dataclass(frozen=True, slots=True)
class When:
    """When a meeting is, by which clock, and where: a place, a link, or both."""

    begins_at: dt.datetime
    ends_at: dt.datetime
    zone: str = "Asia/Shanghai"
    place: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A task as it is written down: what, in each language, who, and until when."""

    words: Mapping[str, str]
    who: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class Written:
    """Minutes as they are written: what was said, the decisions line by line in each language, and the tasks."""

    text: Mapping[str, str]
    decisions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tasks: Sequence[Point] = ()


@act
def call_meeting(
    actor: Actor,
    *,
    subject: Mapping[str, str],
    agenda: Mapping[str, str],
    when: When,
    roles: Sequence[str] = (),
    companies: Sequence[str] = (),
) -> str:
    """Invite everybody in some roles, or the named companies, to a meeting; returns its reference.

    Refuses: Denied("meeting.call"), LacksLanguage, TooLong, BadText, BadSpan, BadZone, NoPlace, BadLink, BadGroup,
    NobodyAddressed, UnknownCompany, TooManyCompanies.
    """
    actor.require("meeting.call")
    called_by, _own = person_of(actor, "meeting.call")
    words, letter = both(subject, SUBJECT, "subject"), both(agenda, AGENDA, "agenda")
    group, at = group_of(roles, companies), now()
    made = Meeting(
        subject=words, agenda=letter, roles=list(group.roles), called_by_id=called_by, called_at=at, changed_at=at
    )
    _set_time(made, when, at)
    made.save(force_insert=True)
    MeetingCompany.objects.bulk_create(
        MeetingCompany(meeting=made, organization_id=each.id) for each in group.companies
    )
    publish(MeetingCalled(subject=made.ref, audience=group.told), actor=actor, at=at)
    return made.ref


@act
def move_meeting(actor: Actor, meeting_ref: str, when: When) -> None:
    """Give a meeting another time or place; those invited are told, and reminded anew. The same again is nothing.

    Refuses: Denied("meeting.call"), NotFound, MeetingOver, BadSpan, BadZone, NoPlace, BadLink, TooLong, BadText.
    """
    actor.require("meeting.call")
    found = queries.lock_meeting(actor, meeting_ref)
    at = now()
    _check_ahead(found, at)
    before = (found.begins_at, found.ends_at, found.zone, found.place, found.link)
    _set_time(found, when, at)
    if before == (found.begins_at, found.ends_at, found.zone, found.place, found.link):
        return
    found.sequence, found.changed_at = found.sequence + 1, at
    found.save(update_fields=[
        "begins_at", "ends_at", "zone", "place", "link", "remind_at", "sequence", "changed_at",
    ])  # fmt: skip
    publish(MeetingMoved(subject=found.ref, audience=_invited(found), sequence=found.sequence), actor=actor, at=at)


@act
def call_off_meeting(actor: Actor, meeting_ref: str) -> None:
    """Call a meeting off: those invited are told, and it stays on their list as called off. Twice is once.

    Refuses: Denied("meeting.call"), NotFound, MeetingOver (its time has come).
    """
    actor.require("meeting.call")
    found = queries.lock_meeting(actor, meeting_ref)
    if found.called_off_at:
        return
    at = now()
    _check_ahead(found, at)
    found.called_off_at, found.changed_at, found.remind_at, found.sequence = at, at, None, found.sequence + 1
    found.save(update_fields=["called_off_at", "changed_at", "remind_at", "sequence"])
    publish(MeetingCalledOff(subject=found.ref, audience=_invited(found)), actor=actor, at=at)


@act
def answer_meeting(actor: Actor, meeting_ref: str, *, answer: str, guests: str = "") -> None:
    """Say for one's company whether it comes, and who; it may be changed until the meeting begins.

    Refuses: NotFound, NotAsked, MeetingOver, BadAnswer, TooLong, BadText, Denied (nobody is behind the actor).
    """
    actor.require("meeting.answer")
    found = queries.lock_meeting(actor, meeting_ref)
    user_id, own = person_of(actor, "meeting.answer")
    if not queries.is_asked(actor, found):
        raise NotAsked()
    check_coming(answer)
    names = clean_text(guests, limit=GUESTS, field="guests", required=False) if answer == Coming.YES else ""
    at = now()
    _check_ahead(found, at)
    values = {"role": actor.role, "answer": answer, "guests": names, "by_id": user_id, "at": at}
    before = MeetingAnswer.objects.filter(meeting=found, organization_id=own).first()
    if before is None:
        MeetingAnswer(meeting=found, organization_id=own, **values).save(force_insert=True)
    elif (before.answer, before.guests) == (answer, names):
        return
    else:
        MeetingAnswer.objects.filter(pk=before.pk).update(**values)
    publish(MeetingAnswered(subject=found.ref, audience=(OPERATOR,), answer=answer), actor=actor, at=at)


@act
def publish_minutes(actor: Actor, meeting_ref: str, written: Written) -> str:
    """Publish what a meeting said and decided to those who were invited; returns the announcement's reference.

    From its beginning on: whoever writes may have them ready when it ends. Each of those invited acknowledges them. A
    correction is a new version: it takes the one before back and is acknowledged anew.
    Refuses: Denied("meeting.call", "announcement.publish"), NotFound, MeetingNotBegun, LacksLanguage, LinesDiffer,
    TooManyPoints, Empty, TooLong, BadText.
    """
    actor.require("meeting.call")
    written_by, _own = person_of(actor, "meeting.call")
    found = queries.lock_meeting(actor, meeting_ref)
    at = now()
    if found.called_off_at or found.begins_at > at:
        raise MeetingNotBegun()
    text = both(written.text, SAID, "text")
    decisions = both_lines(written.decisions, DECISION, DECISIONS, "decisions")
    tasks = _tasks(written.tasks)
    last = Minutes.objects.filter(meeting=found).order_by("-version").select_related("announcement").first()
    version = last.version + 1 if last else 1
    if last:
        withdraw_announcement(actor, last.announcement.ref)
    letters = {
        language: minutes_letter(text[language], decisions, tasks, language=language, version=version)
        for language in LANGUAGES
    }
    ref = announce(
        actor,
        title={language: minutes_title(found.subject, language, TITLE) for language in LANGUAGES},
        text=letters,
        kind=Notice.MINUTES,
        roles=found.roles,
        companies=list(found.companies.values_list("organization__ref", flat=True)),
        must_acknowledge=True,
    )
    made = Minutes(meeting=found, version=version, text=text, written_by_id=written_by, at=at)
    made.announcement = queries.lock_announcement(actor, ref)
    made.save(force_insert=True)
    points = [*((each, "", None) for each in decisions), *((each.words, each.who, each.until) for each in tasks)]
    MinutesPoint.objects.bulk_create(
        MinutesPoint(minutes=made, position=n, words=words, who=who, until=until)
        for n, (words, who, until) in enumerate(points)
    )
    publish(MinutesPublished(subject=found.ref, version=version, announcement_ref=ref), actor=actor, at=at)
    return ref


@act
def remind_of_meeting(meeting_ref: str) -> None:
    """Remind those invited, but for who has declined; does nothing if it is not due, or was done meanwhile."""
    system = Actor.system("service.sweep")
    found, at = queries.lock_meeting(system, meeting_ref), now()
    if found.remind_at is None or found.remind_at > at:
        return
    found.remind_at = None
    found.save(update_fields=["remind_at"])
    if found.begins_at > at:
        no = set(found.answers.filter(answer=Coming.NO).values_list("organization__ref", flat=True))
        coming = tuple(ref for ref in _invited(found) if ref not in no)
        publish(MeetingIsNear(subject=found.ref, audience=(*coming, OPERATOR)), actor=system, at=at)


@act
def forget_guests() -> int:
    """Half a year after a meeting nobody needs to know any more which people came; returns of how many answers."""
    over = Meeting.objects.filter(ends_at__lt=now() - FORGOTTEN_AFTER).values("pk")
    keys = [each.pk for each in MeetingAnswer.objects.filter(meeting_id__in=over).exclude(guests="").locked()[:BATCH]]
    return int(MeetingAnswer.objects.filter(pk__in=keys).update(guests=""))


def _set_time(meeting: Meeting, when: When, at: dt.datetime) -> None:
    check_span(when.begins_at, when.ends_at, at)
    meeting.zone = check_zone(when.zone)
    meeting.place = clean_text(when.place, limit=PLACE, field="place", required=False)
    meeting.link = clean_text(when.link, limit=LINK, field="link", required=False)
    check_place(meeting.place, meeting.link)
    meeting.begins_at, meeting.ends_at = when.begins_at, when.ends_at
    meeting.remind_at = remind_at(when.begins_at, at)


def _check_ahead(meeting: Meeting, at: dt.datetime) -> None:
    if meeting.called_off_at or meeting.begins_at <= at:
        raise MeetingOver()


def _invited(meeting: Meeting) -> tuple[str, ...]:
    return told(meeting.roles, list(meeting.companies.values_list("organization__ref", flat=True)))


def _tasks(points: Sequence[Point]) -> list[Task]:
    if len(points) > TASKS:
        raise TooManyPoints(most=TASKS, field="tasks")
    return [
        Task(both(each.words, DECISION, f"tasks.{n}.words"), clean_text(each.who, limit=WHO, field=f"tasks.{n}.who"),
             each.until)
        for n, each in enumerate(points)
    ]  # fmt: skip
