"""Meetings: when and where, who comes, and what minutes are made of. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from trivium.core.permissions import declare
from trivium.service.errors import BadAnswer, BadLink, BadSpan, BadZone, NoPlace
from trivium.service.rules.tickets import EVERYBODY

PERMISSIONS = declare({"meeting.call": ("operator",), "meeting.answer": EVERYBODY})
SUBJECT, AGENDA, PLACE, LINK, GUESTS = 120, 4000, 200, 300, 200
DECISIONS, TASKS, DECISION, WHO = 20, 20, 300, 120
LONGEST = dt.timedelta(days=7)
REMIND_BEFORE = dt.timedelta(days=1)
# Where most of those who trade here are; programs may name any other zone of the tz database.
ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow",
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "UTC",
)  # fmt: skip


class Coming(StrEnum):
    """What a company has answered to an invitation."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody took on in a meeting: what, who, and until when."""

    words: Mapping[str, str]
    who: str
    until: dt.date


def check_zone(zone: str) -> str:
    """Whether this is a time zone.

    Refuses: BadZone.
    """
    if zone not in available_timezones():
        raise BadZone(zone=zone[:40], field="zone")
    return zone


def check_span(begins_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime) -> None:
    """Whether a meeting can be called for this time: still to come, and of a sensible length.

    Refuses: BadSpan.
    """
    if begins_at <= at:
        raise BadSpan(field="begins_at")
    if not begins_at < ends_at <= begins_at + LONGEST:
        raise BadSpan(field="ends_at")


def check_place(place: str, link: str) -> None:
    """Whether people find the meeting: a place, or a link that can be opened.

    Refuses: NoPlace, BadLink.
    """
    if not place and not link:
        raise NoPlace(field="place")
    if link and not (link.startswith("https://") and link.isprintable() and " " not in link and len(link) > 8):
        raise BadLink(field="link")


def check_coming(answer: str) -> None:
    """Whether an invitation can be answered so.

    Refuses: BadAnswer.
    """
    if answer not in set(Coming):
        raise BadAnswer(answer=answer[:20], known=", ".join(Coming), field="answer")


def remind_at(begins_at: dt.datetime, at: dt.datetime) -> dt.datetime | None:
    """When those invited are reminded; None for a meeting called at such short notice that the call reminds enough."""
    moment = begins_at - REMIND_BEFORE
    return moment if moment > at else None


# -- minutes ---------------------------------------------------------------------------------------------------------

_HEADS = {
    "decisions": {"en": "Decisions", "zh-hans": "会议决议"},
    "tasks": {"en": "Tasks", "zh-hans": "待办事项"},
    "task": {"en": "{n}. {words} ({who}, until {until})", "zh-hans": "{n}. {words}（{who}，{until} 前完成）"},
    "correction": {"en": "Version {version}; it replaces the one before.", "zh-hans": "第 {version} 版，取代上一版。"},
    "title": {"en": "Minutes: {subject}", "zh-hans": "会议纪要：{subject}"},
}


def minutes_title(subject: Mapping[str, str], language: str, limit: int) -> str:
    """What the minutes of a meeting are called, as an announcement."""
    return _HEADS["title"][language].format(subject=subject[language])[:limit]


def minutes_letter(
    text: str, decisions: Sequence[Mapping[str, str]], tasks: Sequence[Task], *, language: str, version: int
) -> str:
    """The minutes as everybody reads and acknowledges them: what was said, what was decided, who does what."""
    parts = [_HEADS["correction"][language].format(version=version)] if version > 1 else []
    parts.append(text)
    if decisions:
        listed = [f"{n}. {each[language]}" for n, each in enumerate(decisions, 1)]
        parts.append("\n".join([_HEADS["decisions"][language], *listed]))
    if tasks:
        row = _HEADS["task"][language]
        listed = [row.format(n=n, words=each.words[language], who=each.who, until=f"{each.until:%Y-%m-%d}")
                  for n, each in enumerate(tasks, 1)]  # fmt: skip
        parts.append("\n".join([_HEADS["tasks"][language], *listed]))
    return "\n\n".join(parts)


# -- the file a calendar takes ---------------------------------------------------------------------------------------

FOLDED = 74  # octets of a line, RFC 5545 section 3.1


def calendar_file(
    *,
    uid: str,
    sequence: int,
    made_at: dt.datetime,
    begins_at: dt.datetime,
    ends_at: dt.datetime,
    subject: str,
    text: str,
    place: str,
    is_cancelled: bool,
    url: str = "",
) -> str:
    """A meeting as an iCalendar file (RFC 5545), its times in UTC. A later `sequence` replaces an earlier one.
    `url` is where people read of it."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Trivium//Meetings//EN",
        "METHOD:CANCEL" if is_cancelled else "METHOD:PUBLISH", "BEGIN:VEVENT", f"UID:{uid}", f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(made_at)}", f"DTSTART:{_utc(begins_at)}", f"DTEND:{_utc(ends_at)}",
        f"SUMMARY:{_escaped(subject)}", f"DESCRIPTION:{_escaped(text)}", f"LOCATION:{_escaped(place)}",
        *([f"URL:{url}"] if url else []),
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\\n")):
        text = text.replace(mark, written)
    return text


def _folded(line: str) -> str:
    """The line in pieces that are short enough, none of which cuts a letter."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > FOLDED - (1 if pieces else 0):
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])


def local(at: dt.datetime, zone: str) -> dt.datetime:
    """A moment as the clocks of a zone show it."""
    return at.astimezone(ZoneInfo(zone))
