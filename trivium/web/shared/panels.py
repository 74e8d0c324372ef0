"""What a home is made of, and how a person arranges it: which panels, in which order. Kept with the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _
from trivium.parties import commands as parties
from trivium.web.errors import BadChoice
from trivium.web.shared.acting import act
from trivium.web.shared.look import preferences
from trivium.web.shared.workspace import WorkspaceRequest

HOME = "home"
MAIN = {"tasks": _("What waits"), "troubles": _("Needs attention"), "trade": _("The last twelve weeks")}
ASIDE = {"figures": _("Figures"), "calendar": _("Calendar"), "news": _("News")}
ALWAYS = ("tasks",)  # what waits is never out of sight


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as the form that arranges them shows it."""

    code: str
    words: str
    is_hidden: bool
    is_first: bool
    is_last: bool
    may_hide: bool


def order_of(own: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """The panels of a column in the person's order; what is new since comes last."""
    kept = [code for code in own.get(HOME, {}).get("order", ()) if code in known]
    return kept + [code for code in known if code not in kept]


def hidden(own: Mapping[str, Any]) -> set[str]:
    """The panels the person does not want to see."""
    return set(own.get(HOME, {}).get("hidden", ())) - set(ALWAYS)


def arranged(own: Mapping[str, Any]) -> dict[str, Any]:
    """For the home's template: the panels of both columns, and what the form that arranges them offers."""
    away = hidden(own)
    columns = [order_of(own, known) for known in (MAIN, ASIDE)]
    main, aside = ([f"shared/panels/{code}.html" for code in codes if code not in away] for codes in columns)
    return {"main": main, "aside": aside, "arranging": [each for codes in columns for each in _panels(codes, away)]}


def _panels(codes: Sequence[str], away: set[str]) -> list[Panel]:
    words = {**MAIN, **ASIDE}
    return [
        Panel(code, gettext(words[code]), code in away, i == 0, i == len(codes) - 1, code not in ALWAYS)
        for i, code in enumerate(codes)
    ]


@act
def arrange_home(request: WorkspaceRequest) -> None:
    """Move, hide or show a panel of the home."""
    move, _colon, code = request.POST.get("move", "").partition(":")
    own = preferences(request)
    if move == "reset":
        parties.keep_preference(request.actor, HOME, None)
        return
    known = MAIN if code in MAIN else ASIDE
    if code not in known or move not in ("up", "down", "hide", "show"):
        raise BadChoice(value=f"{move}:{code}"[:40], field="move")
    order, away = order_of(own, known), hidden(own)
    if move in ("up", "down"):
        at = order.index(code)
        to = max(0, min(len(order) - 1, at + (1 if move == "down" else -1)))
        order.insert(to, order.pop(at))
    away = away | {code} if move == "hide" else away - {code}
    other = order_of(own, ASIDE if known is MAIN else MAIN)
    parties.keep_preference(request.actor, HOME, {"order": [*order, *other], "hidden": sorted(away)})
