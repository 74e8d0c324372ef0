"""Applications as both sides read them: the facts, the papers, what was found, and what happened when."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.parties import queries as parties
from trivium.parties.queries import ApplicationView, PaperRow, Step
from trivium.parties.rules import RULE_WORDS, Facts, Outcome, refusal_of
from trivium.web.shared import words
from trivium.web.shared.filters import day, money
from trivium.web.shared.paths import path_to
from trivium.web.shared.refusals import text_of
from trivium.web.shared.regions import country_name, region_name


@dataclass(frozen=True, slots=True)
class Said:
    """One fact as it is read: what it is, and what was said."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """What one rule found, in words. `strength` says what follows where it is not met."""

    words: str
    is_met: bool
    strength: str
    version: int
    findings: Sequence[str]


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A paper with its words and the way to its file."""

    row: PaperRow
    words: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """One act in the timeline."""

    step: Step
    words: str
    who: str


def said_of(facts: Facts, role: str, *, bank_account: str) -> list[Said]:
    """The facts one by one, those that were given; the account as whoever reads may see it."""
    goods = {c.path: translate(c.name, get_language() or "en") for c in catalog.categories()}
    expected = money(facts.expected_monthly, facts.currency) if facts.expected_monthly is not None else ""
    found = [
        ("legal_name", facts.legal_name),
        ("name", facts.name),
        ("country", country_name(facts.country)),
        ("number", facts.number),
        ("industry", words.word("industry", facts.industry) if facts.industry else ""),
        ("size", words.word("size", facts.size) if facts.size else ""),
        ("region", region_name(facts.country, facts.region)),
        ("address", facts.address),
        ("currency", facts.currency),
        ("contact_name", facts.contact_name),
        ("phone", facts.phone),
        ("email", facts.email),
        ("bank_account", bank_account),
    ]
    if role == "supplier":
        found.append(("categories", gettext(", ").join(goods.get(path, path) for path in facts.categories)))
    if role == "partner":
        found += [
            ("territory", gettext(", ").join(region_name(facts.country, code) for code in facts.territory)),
            ("serves", words.word("industry", facts.serves) if facts.serves else gettext("All sections")),
            ("is_exclusive", gettext("yes") if facts.is_exclusive else gettext("no")),
            ("expected_monthly", expected),
        ]
    return [Said(words.word("fact", name), value) for name, value in found if value]


def checks_of(outcomes: Sequence[Outcome]) -> list[Check]:
    """What the rules found, in words, what is not met first."""
    shown = [
        Check(gettext(RULE_WORDS[each.rule]), each.is_met, each.strength, each.version,
              [text_of(refusal_of(finding)) for finding in each.findings])
        for each in outcomes
    ]  # fmt: skip
    return sorted(shown, key=lambda check: check.is_met)


def papers_shown(rows: Sequence[PaperRow], url_name: str) -> list[PaperShown]:
    """Papers with their words; `url_name` is the page that hands out the file."""
    return [PaperShown(row, words.word("paper", row.kind), path_to(url_name, row.ref), _about(row)) for row in rows]


def _about(row: PaperRow) -> str:
    until = gettext("until %(day)s") % {"day": day(row.expires_on)} if row.expires_on else gettext("no end")
    size = f"{max(1, row.size // 1000):,} kB"
    pages = gettext("%(count)s pages") % {"count": row.pages} if row.pages > 1 else ""
    return " · ".join(filter(None, [row.number, until, row.media.upper(), pages, size]))


def steps_shown(view: ApplicationView) -> list[StepShown]:
    """What happened, newest first. Who reviews is the operator to an applicant."""
    return [
        StepShown(step, words.word("application_step", step.act), step.person or gettext("The operator"))
        for step in reversed(view.steps)
    ]


def file_answer(actor: Actor, paper_ref: str) -> HttpResponse:
    """A paper's file, never shown inside the site: it is somebody else's, and runs nowhere."""
    found = parties.paper_file(actor, paper_ref)
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def largest_paper() -> int:
    """How many megabytes a paper may have."""
    found: int = settings.TRIVIUM["PAPER_MEGABYTES"]
    return found
