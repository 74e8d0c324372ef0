"""Keeping the screening rules and the blocklist: a change is a new version, and says nothing of what was decided.

And keeping what the rules said.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import BadBlock, BadRuleSetting, NotBlocked
from trivium.parties.events import ScreeningChanged
from trivium.parties.models import BlockEntry, Screening, ScreeningResult, ScreeningRule
from trivium.parties.rules import DELIVERED, Facts, Outcome, Strength, check_settings, compact_number, plain_name

REASON = 500


@act
def change_rule(
    actor: Actor, code: str, *, strength: str, is_on: bool, settings: Mapping[str, Any], reason: str
) -> int:
    """Let a screening rule hold in a new version from now on; returns its number.

    Refuses: Denied("screening.edit"), NotFound, BadRuleSetting, Empty.
    """
    actor.require("screening.edit")
    if code not in DELIVERED:
        raise NotFound(what="screening rule", ref=code)
    if strength not in set(Strength):
        raise BadRuleSetting(setting="strength", field="strength")
    kept = check_settings(code, settings)
    said = clean_text(reason, limit=REASON, field="reason")
    at = now()
    last = ScreeningRule.objects.filter(code=code).aggregate(last=Max("version"))["last"] or DELIVERED[code].version
    ScreeningRule.objects.create(
        code=code, version=last + 1, strength=strength, is_on=is_on, settings=kept, reason=said,
        person_id=actor.user_id, at=at,
    )  # fmt: skip
    _tell(actor, code, last + 1)
    return int(last + 1)


@act
def set_block(actor: Actor, *, kind: str, value: str, is_blocked: bool, reason: str) -> None:
    """Put a company number, a company name or a mail domain on the blocklist, or take it off.

    Refuses: Denied("screening.edit"), BadBlock, TooLong, NotBlocked (it is so already).
    """
    actor.require("screening.edit")
    written = clean_text(value, limit=254, field="value")
    said = clean_text(reason, limit=REASON, field="reason")
    compared = {"number": compact_number, "name": plain_name, "mail": _domain}.get(kind)
    if compared is None or not compared(written):
        raise BadBlock(field="kind" if compared is None else "value")
    found = BlockEntry.objects.filter(kind=kind, value=compared(written)).order_by("-version")
    last = found.values_list("version", "is_blocked").first() or (0, False)
    if last[1] == is_blocked:
        raise NotBlocked(field="value")
    BlockEntry.objects.create(
        kind=kind, value=compared(written), written=written, version=last[0] + 1, is_blocked=is_blocked, reason=said,
        person_id=actor.user_id, at=now(),
    )  # fmt: skip
    _tell(actor, "blocklist", last[0] + 1)


def _domain(text: str) -> str:
    return text.rpartition("@")[2].strip().casefold()


def _tell(actor: Actor, subject: str, version: int) -> None:
    publish(ScreeningChanged(subject=subject, audience=(OPERATOR,), version=version), actor=actor, at=now())


def keep_outcomes(
    outcomes: Sequence[Outcome], at: dt.datetime, *, doing: str, facts: Facts, papers: Sequence[Any] = (), **of: Any
) -> None:
    """Keep what every rule said of an application or of a change, in the version it has now; within an act on it."""
    screening = Screening.objects.create(act=doing, facts=queries.kept_facts(facts), papers=list(papers), at=at, **of)
    settings = {rule.code: rule.settings for rule in queries.rules_in_force()}
    ScreeningResult.objects.bulk_create(
        ScreeningResult(
            screening=screening, rule=each.rule, version=each.version, strength=each.strength, is_met=each.is_met,
            settings=dict(settings[each.rule]),
            findings=[{"code": f.code, "field": f.field, "params": dict(f.params)} for f in each.findings],
        )
        for each in outcomes
    )  # fmt: skip
