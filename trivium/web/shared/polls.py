"""Polls: what a group is asked, its votes, and what came of them as a chart, a table and a file."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.time import now
from trivium.service import commands, queries
from trivium.service.queries import PollPage, PollRow, Result, Vote
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import percent
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.words import word
from trivium.web.shared.workspace import WorkspaceRequest


def _words(words: object) -> str:
    return translate(words, get_language() or "en")  # type: ignore[arg-type]


def state_of(row: PollRow) -> str:
    """How a poll stands with its reader, as a chip."""
    if row.withdrawn_at:
        return "withdrawn"
    if row.is_over(now()):
        return "ended"
    return "voted" if row.has_voted else "voting"


@page
def polls(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Polls, newest first."""
    actor = request.actor

    def question(row: PollRow) -> Cell:
        return Cell(_words(row.question), url=reverse(f"{actor.role}:poll", args=[row.ref]))

    states = [("waiting", gettext("Wait for your vote")), ("open", gettext("Open for votes")),
              ("closed", gettext("Closed"))]  # fmt: skip
    links = [(gettext("Ask a question"), reverse("operator:new_poll"))] if actor.may("poll.ask") else []
    listing = Listing(
        "polls",
        gettext("Polls"),
        [
            Column("question", gettext("What is asked"), question, is_kept=True),
            Column("state", gettext("State"), lambda row: Cell(chips=[(state_of(row), "")]), "chips", is_kept=True),
            Column("voters", gettext("One vote for"), lambda row: Cell(word("voters", row.voters))),
            Column("closes", gettext("Closes"), lambda row: Cell(row.closes_at), "when", "closes"),
            Column("opened", gettext("Asked on"), lambda row: Cell(row.opened_at), "when", "opened"),
        ],
        lambda wanted: queries.poll_list(actor, wanted),
        Empty(gettext("No polls yet."), gettext("What the operator asks you stands here, and on your home while "
                                                "votes can be given.")),
        (Filter("state", gettext("State"), states),),
        gettext("What is asked"),
        icon="chart",
        context={"links": links},
    )  # fmt: skip
    return show_list(request, listing)


@page
def poll(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """A poll: its options to vote for, and the results as far as the reader may see them."""
    actor = request.actor
    found = queries.get_poll(actor, ref)
    context = {"found": found, "row": found.row, "state": state_of(found.row), "forms": _forms(actor, found),
               "votes_here": found.is_asked and found.is_open}  # fmt: skip
    if found.results is None:
        return Shown("shared/poll.html", context)
    results = found.results
    listing = Listing(
        "poll-results",
        gettext("Results"),
        [
            Column("option", gettext("Option"), lambda row: Cell(_words(row.words)), is_kept=True),
            Column("votes", gettext("Votes"), lambda row: Cell(row.votes), "quantity"),
            Column("percent", gettext("Percent"), _percent_cell),
        ],
        lambda wanted: queries.results_list(results, wanted),
        Empty(gettext("No votes yet."), gettext("Each vote is counted here at once.")),
        icon="chart",
        context=context,
    )
    return show_list(request, listing, "shared/poll.html")


def _percent_cell(row: Result) -> Cell:
    return Cell(percent(row.percent))


def _forms(actor: Actor, found: PollPage) -> list[Form]:
    row, forms, role = found.row, [], actor.role
    if found.is_asked and found.is_open:
        note = (gettext("Your company has one vote: whoever gives it gives it for all. The operator sees it.")
                if row.voters == "company" else gettext("Each person has one vote. The operator sees it."))  # fmt: skip
        words = gettext("Change the vote") if row.has_voted else gettext("Vote")
        forms.append(Form("vote", reverse(f"{role}:vote", args=[row.ref]), words, _options(found), note=note))
    if actor.may("poll.ask") and row.withdrawn_at is None:
        if found.is_open:
            said, url = gettext("Close it now"), reverse("operator:close_poll", args=[row.ref])
            note = gettext("Nobody votes after it, and those who were asked see the results.")
            forms.append(Form("close", url, said, tone="quiet", summary=said, note=note))
        said, url = gettext("Take it back"), reverse("operator:withdraw_poll", args=[row.ref])
        note = gettext("Nobody it was for sees it any more; the votes stay written down.")
        forms.append(Form("withdraw", url, said, tone="danger", summary=said, note=note))
    return forms


def _options(found: PollPage) -> tuple[Field, ...]:
    if not found.row.is_multiple:
        chosen = next((str(each.position) for each in found.options if each.is_chosen), "")
        choices = [(str(each.position), _words(each.words)) for each in found.options]
        return (Field("choices", gettext("Your choice"), "radio", chosen, choices=choices,
                      help=gettext("You can change it until the poll closes.")),)  # fmt: skip
    return tuple(
        Field(f"choice.{each.position}", _words(each.words), "checkbox", "1" if each.is_chosen else "", required=False,
              group=gettext("Your choice"), help=gettext("May be chosen beside others."))
        for each in found.options
    )  # fmt: skip


@act
def vote(request: WorkspaceRequest, ref: str) -> None:
    """Vote, or change one's vote."""
    values = request.POST
    ticked = [name.removeprefix("choice.") for name in values if name.startswith("choice.")]
    given = [values.get("choices", ""), *ticked]
    chosen = [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 4]
    commands.vote(request.actor, ref, choices=chosen)


@page
def votes(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """Who has voted for what; with a filter, also what was changed."""
    actor = request.actor
    found = queries.get_poll(actor, ref)

    def choices(row: Vote) -> Cell:
        return Cell(gettext(", ").join(_words(each) for each in row.choices))

    listing = Listing(
        "votes",
        gettext("Who has voted"),
        [
            Column("company", gettext("Company"), lambda row: Cell(row.company, note=word("role", row.role)),
                   is_kept=True),
            Column("person", gettext("Given by"), lambda row: Cell(row.person)),
            Column("choices", gettext("Voted for"), choices, is_kept=True),
            Column("counts", gettext("State"), lambda row: Cell(chips=[("in_force" if row.counts else "replaced", "")]),
                   "chips"),
            Column("number", gettext("Vote number"), lambda row: Cell(row.number), "quantity", is_shown=False),
            Column("at", gettext("When"), lambda row: Cell(row.at), "when"),
        ],
        lambda wanted: queries.votes_of(actor, ref, wanted),
        Empty(gettext("No votes yet."), gettext("Each vote stands here with whoever gave it.")),
        (Filter("which", gettext("Which votes"), [("every", gettext("Also those that were changed"))]),),
        gettext("Company or name"),
        icon="users",
        help=gettext("Votes on: %(question)s") % {"question": _words(found.row.question)},
        context={"ways": [(gettext("Back to the poll"), reverse("operator:poll", args=[ref]))]},
    )  # fmt: skip
    return show_list(request, listing)
