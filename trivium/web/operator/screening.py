"""The screening rules and the blocklist: what holds, what held before, and changing it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.lists import Found, Wanted, among
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.errors import BadRuleSetting
from trivium.parties.queries import BlockRow
from trivium.parties.rules import RULE_WORDS, ScreenRule, Strength
from trivium.web.operator.applications import only_reviewers
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = ("number", "name", "mail")


@page
def screening(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The rules in force."""
    only_reviewers(request.actor)
    rows = parties.screening_rules(request.actor)

    def fetch(wanted: Wanted) -> Found:
        return among(rows, wanted, {"version": lambda row: row.version}, lambda row: gettext(RULE_WORDS[row.code]))

    def name(row: ScreenRule) -> Cell:
        return Cell(gettext(RULE_WORDS[row.code]), url=reverse("operator:screening_rule", args=[row.code]))

    columns = [
        Column("rule", gettext("Rule"), name, is_kept=True),
        Column("strength", gettext("If it is not met"), lambda row: Cell(words.word("strength", row.strength))),
        Column("on", gettext("State"), lambda row: Cell(gettext("in use") if row.is_on else gettext("off"))),
        Column("version", gettext("Version"), lambda row: Cell(row.version), "quantity", sort="version"),
    ]
    listing = Listing(
        "screening", gettext("Screening rules"), columns, fetch,
        Empty(gettext("No rules."), gettext("Rules come with the program.")), (), gettext("Rule"), icon="filter",
        help=gettext("A change is a new version. What was decided keeps the versions it was decided under."),
    )  # fmt: skip
    return show_list(request, listing)


@page
def screening_rule(request: WorkspaceRequest, ref: str) -> Shown:
    """One rule with every version it has had."""
    actor = request.actor
    only_reviewers(actor)
    rule = next((each for each in parties.screening_rules(actor) if each.code == ref), None)
    if rule is None:
        raise Http404
    context = {
        "rule": rule,
        "words": gettext(RULE_WORDS[rule.code]),
        "settings": _in_words(rule.settings),
        "history": [(each, _in_words(each.settings)) for each in parties.rule_history(actor, rule.code)],
        "form": _rule_form(rule) if actor.may("screening.edit") else None,
    }
    return Shown("operator/screening_rule.html", context)


def _in_words(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Settings one by one; what a setting names stands as it is kept."""
    return [(words.word("rule_setting", name), _value(name, value)) for name, value in settings.items()]


def _value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        said, comma = gettext("%(what)s: "), gettext(", ")
        needed = [f"{said % {'what': words.word('paper', kind)}}{comma.join(paths)}" for kind, paths in value.items()]
        return gettext("; ").join(needed) or "–"
    if isinstance(value, list):
        table = "paper" if name.startswith("papers") else "fact"
        return gettext(", ").join(words.word(table, each) for each in value) or "–"
    return words.word("unknown_countries", value) if name == "unknown_countries" else str(value)


def _rule_form(rule: ScreenRule) -> Form:
    strengths = [(each, words.word("strength", each)) for each in Strength]
    fields = (
        Field("strength", gettext("If it is not met"), "select", rule.strength, choices=strengths,
              help=gettext("What follows for the application; only the first is told to the applicant.")),
        Field("is_on", gettext("In use"), "checkbox", "1" if rule.is_on else "", required=False,
              help=gettext("A rule that is not in use says nothing.")),
        *(_setting_field(name, value) for name, value in rule.settings.items()),
        Field("reason", gettext("Reason"), "textarea", limit=500,
              help=gettext("Why it changes; kept with the version.")),
    )  # fmt: skip
    said = gettext("Change the rule")
    url = reverse("operator:change_rule", args=[rule.code])
    return Form("change-rule", url, gettext("Save as a new version"), fields, summary=said)


def _setting_field(name: str, value: Any) -> Field:
    label, key = words.word("rule_setting", name), f"settings.{name}"
    if isinstance(value, int):
        return Field(key, label, "number", str(value), words.word("rule_setting_help", name), is_narrow=True)
    if isinstance(value, str):
        choices = [(each, words.word("unknown_countries", each)) for each in ("pass", "flag")]
        return Field(key, label, "select", value, words.word("rule_setting_help", name), choices=choices)
    if isinstance(value, list):
        table = gettext("Codes, separated by spaces: %(codes)s")
        known = ("business_licence", "food_licence") if name.startswith("papers") else ("name", "number", "region")
        such = gettext(", ").join(known)
        return Field(key, label, "textarea", " ".join(value), table % {"codes": f"{such} …"}, required=False)
    shown = "\n".join(f"{kind}: {' '.join(paths)}" for kind, paths in value.items())
    help_text = gettext("One kind of paper a line, then the categories that need it: food_licence: fresh frozen")
    return Field(key, label, "textarea", shown, help_text, required=False)


@act
def change_rule(request: WorkspaceRequest, ref: str) -> str:
    """Let a rule hold in a new version."""
    values = request.POST
    rule = next((each for each in parties.screening_rules(request.actor) if each.code == ref), None)
    if rule is None:
        raise Http404
    commands.change_rule(
        request.actor, ref, strength=values.get("strength", ""), is_on=bool(values.get("is_on")),
        settings={name: _read(values, name, value) for name, value in rule.settings.items()},
        reason=values.get("reason", ""),
    )  # fmt: skip
    return reverse("operator:screening_rule", args=[ref])


def _read(values: Mapping[str, str], name: str, like: Any) -> Any:
    """A setting as it was written, of the same kind as it was.

    Refuses: BadRuleSetting.
    """
    text, key = values.get(f"settings.{name}", ""), f"settings.{name}"
    if isinstance(like, int):
        number = forms.plain_number(text)
        if not number.isascii() or not number.isdigit():
            raise BadRuleSetting(setting=name, field=key)
        return int(number)
    if isinstance(like, list):
        return forms.tokens(values, key)
    if isinstance(like, dict):
        found = {}
        for line in filter(str.strip, text.replace("：", ":").splitlines()):
            kind, colon, paths = line.partition(":")
            if not colon:
                raise BadRuleSetting(setting=name, field=key)
            found[kind.strip()] = forms.tokens({"paths": paths}, "paths")
        return found
    return text


@page
def blocklist(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Numbers, names and mail domains nobody is admitted with."""
    actor = request.actor
    only_reviewers(actor)
    may = actor.may("screening.edit")

    def do(row: BlockRow) -> Cell:
        return Cell(forms=[_block_form(row)] if may else ())

    columns = [
        Column("written", gettext("What is blocked"), lambda row: Cell(row.written), sort="written", is_kept=True),
        Column("kind", gettext("Kind"), lambda row: Cell(words.word("block_kind", row.kind))),
        Column("state", gettext("State"),
               lambda row: Cell(gettext("Blocked") if row.is_blocked else gettext("Taken off"))),
        Column("reason", gettext("Reason"), lambda row: Cell(row.reason)),
        Column("person", gettext("By"), lambda row: Cell(row.person)),
        Column("version", gettext("Version"), lambda row: Cell(row.version), "quantity", is_shown=False),
        Column("at", gettext("When"), lambda row: Cell(row.at), "ago", sort="at"),
        Column("do", "", do, "do", is_kept=True),
    ]  # fmt: skip
    states = (("blocked", gettext("Blocked")), ("free", gettext("Taken off")))
    listing = Listing(
        "blocklist", gettext("Blocklist"), columns, lambda wanted: parties.blocklist(actor, wanted),
        Empty(gettext("Nobody is blocked."), gettext("Add a company number, a name or a mail domain above.")),
        (Filter("state", gettext("State"), states),
         Filter("kind", gettext("Kind"), [(each, words.word("block_kind", each)) for each in KINDS])),
        gettext("Number, name or domain"), icon="cross",
        help=gettext("An applicant is not told of it; the application waits here and cannot be approved."),
        context={"acts": [_add_form()] if may else []},
    )  # fmt: skip
    return show_list(request, listing)


def _add_form() -> Form:
    kinds = [(each, words.word("block_kind", each)) for each in KINDS]
    fields = (
        Field("kind", gettext("Kind"), "select", "number", choices=kinds, is_narrow=True,
              help=gettext("Names are compared without their legal form, numbers without spaces.")),
        Field("value", gettext("What is blocked"), limit=254,
              help=gettext("A company number, a company name, or a mail domain such as example.com.")),
        Field("reason", gettext("Reason"), limit=500, help=gettext("Kept with the entry.")),
    )  # fmt: skip
    said = gettext("Block somebody")
    return Form("block", reverse("operator:set_block"), gettext("Block"), fields, summary=said)


def _block_form(row: BlockRow) -> Form:
    said = gettext("Take off") if row.is_blocked else gettext("Block again")
    fields = (
        Field("kind", kind="hidden", value=row.kind),
        Field("value", kind="hidden", value=row.written),
        Field("free", kind="hidden", value="1" if row.is_blocked else ""),
        Field("reason", gettext("Reason"), limit=500, is_narrow=True, help=gettext("Kept with the entry.")),
    )
    return Form(f"block-{row.id}", reverse("operator:set_block"), said, fields, tone="quiet", summary=said)


@act
def set_block(request: WorkspaceRequest) -> str:
    """Put something on the blocklist, or take it off."""
    values = request.POST
    commands.set_block(
        request.actor, kind=values.get("kind", ""), value=values.get("value", ""),
        is_blocked=not values.get("free"), reason=values.get("reason", ""),
    )  # fmt: skip
    return reverse("operator:blocklist")
