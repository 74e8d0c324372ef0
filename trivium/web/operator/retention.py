"""How long what is held on persons is kept: what holds under which law, what held before, and changing it."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, among
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.rules import Jurisdiction, Rule
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.notice import how_long
from trivium.web.shared.workspace import WorkspaceRequest


def _only_keepers(actor: Actor) -> None:
    """For everybody else there is no such page."""
    if not actor.may("privacy.edit"):
        raise Http404


def _called(rule: Rule) -> str:
    said = gettext("%(what)s · %(law)s")
    return said % {"what": words.word("kept_data", rule.kept), "law": words.word("law_in_short", rule.jurisdiction)}


def _then(rule: Rule) -> str:
    return gettext("Deleted by night") if rule.is_swept else gettext("Kept, because the law says so")


@page
def retention(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The rules in force, by what is kept and under which law."""
    _only_keepers(request.actor)
    rows = parties.retention_rules()

    def fetch(wanted: Wanted) -> Found:
        law = wanted.filters.get("law")
        its = [row for row in rows if law in (None, row.jurisdiction)]
        return among(its, wanted, {"days": lambda row: row.days, "version": lambda row: row.version}, _called)

    def what(row: Rule) -> Cell:
        return Cell(words.word("kept_data", row.kept), url=reverse("operator:retention_rule", args=[row.code]))

    columns = [
        Column("what", gettext("What is kept"), what, is_kept=True),
        Column("under", gettext("Under"), lambda row: Cell(words.word("law_in_short", row.jurisdiction))),
        Column("long", gettext("Kept for"), lambda row: Cell(how_long(row.days)), sort="days", is_kept=True),
        Column("least", gettext("At least"), lambda row: Cell(how_long(row.least))),
        Column("then", gettext("Then"), lambda row: Cell(_then(row))),
        Column("version", gettext("Version"), lambda row: Cell(row.version), "quantity", sort="version"),
    ]
    laws = [(law, words.word("law_in_short", law)) for law in Jurisdiction]
    listing = Listing(
        "retention", gettext("Data retention"), columns, fetch,
        Empty(gettext("No rules."), gettext("Rules come with the program.")), (Filter("law", gettext("Under"), laws),),
        gettext("What is kept"), icon="clock",
        help=gettext("Everybody reads these terms in the privacy notice, and each night goes by them."),
    )  # fmt: skip
    return show_list(request, listing)


@page
def retention_rule(request: WorkspaceRequest, ref: str) -> Shown:
    """One rule with every version it has had."""
    actor = request.actor
    _only_keepers(actor)
    rule = next((each for each in parties.retention_rules() if each.code == ref), None)
    if rule is None:
        raise Http404
    past = parties.retention_versions(actor, ref)
    context = {
        "rule": rule,
        "words": _called(rule),
        "then": _then(rule),
        "versions": [(each, how_long(each.days), words.cited(each.law)) for each in past],
        "form": _form(rule) if rule.least < rule.most else None,
    }
    return Shown("operator/retention_rule.html", context)


def _form(rule: Rule) -> Form:
    between = gettext("From %(least)s to %(most)s. What a law asks for cannot be shortened.") % {
        "least": rule.least, "most": rule.most}  # fmt: skip
    fields = (
        Field("seen", kind="hidden", value=str(rule.version)),
        Field("days", gettext("Days"), "number", str(rule.days), between, is_narrow=True),
        Field("law", gettext("It stands on"), value=rule.law, required=False, limit=120,
              help=gettext("The article, as whoever reads the notice can look it up.")),
        Field("reason", gettext("Reason"), "textarea", limit=500,
              help=gettext("Why it changes; kept with the version.")),
    )  # fmt: skip
    note = gettext("In force at once: what is over by then is deleted the next night, and does not come back.")
    said = gettext("Change the rule")
    url = reverse("operator:change_retention", args=[rule.code])
    return Form("change-retention", url, gettext("Save as a new version"), fields, summary=said,
                note=note if rule.is_swept else "")  # fmt: skip


@act
def change_retention(request: WorkspaceRequest, ref: str) -> str:
    """Let something be kept for another time."""
    values = request.POST
    commands.change_retention(
        request.actor, ref, seen=_whole(values.get("seen", "")), days=_whole(values.get("days", "")),
        law=values.get("law", ""), reason=values.get("reason", ""),
    )  # fmt: skip
    return reverse("operator:retention_rule", args=[ref])


def _whole(text: str) -> int:
    """A whole number of days; what is none is out of every bounds."""
    number = forms.plain_number(text)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
