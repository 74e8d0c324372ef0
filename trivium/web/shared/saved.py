"""How a person wants to see a list: its columns, how many rows, and views they come back to, kept with the person."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.queries import View
from trivium.web.shared import forms
from trivium.web.shared.acting import act
from trivium.web.shared.forms import Field, Form, Second
from trivium.web.shared.look import preferences
from trivium.web.shared.workspace import WorkspaceRequest

PASSING = ("page", "format", "view")  # what an address says of the moment, not of the view


def forms_of(
    request: HttpRequest, list_name: str, asked: Mapping[str, str], columns: Sequence[str], view: View | None
) -> list[Form]:
    """What can be done with views: keep what is shown now under a name; with one open, rename or delete it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    said = gettext("Save this view")
    hidden = (
        Field("list", kind="hidden", value=list_name),
        Field("query", kind="hidden", value=urlencode(asked)),
        *(Field("column", kind="hidden", value=key) for key in columns),
    )
    help_text = gettext("Keeps these filters, this order and these columns; the name becomes a tab above the list.")
    name = Field("name", gettext("Name of the view"), limit=40, value=view.name if view else "", help=help_text)
    found = [Form("save-view", reverse(f"{actor.role}:save_view"), said, (*hidden, name))]
    if view:
        own = (Field("list", kind="hidden", value=list_name), Field("ref", kind="hidden", value=view.ref))
        help_text = gettext("Only the name changes; the view stays as it was saved.")
        fields = (*own, Field("name", gettext("New name"), limit=40, value=view.name, help=help_text))
        gone = Second(gettext("Delete the view"), "gone", reverse(f"{actor.role}:delete_view"))
        url = reverse(f"{actor.role}:rename_view")
        found.append(Form("rename-view", url, gettext("Rename"), fields, tone="quiet", second=gone))
    return found


@act
def choose_columns(request: WorkspaceRequest) -> None:
    """Remember which columns a person wants to see in a list, or in the open view of it, and how many rows."""
    values, actor = request.POST, request.actor
    name, columns = values.get("list", "")[:40], [key[:40] for key in values.getlist("column")[:40]]
    kept: dict[str, object] = {}
    if values.get("rows", "").isdecimal():
        kept["rows"] = int(values["rows"][:4])
    view = _view(request, name, values.get("view", ""))
    if view and "all" not in values:
        parties.save_view(actor, name, name=view.name, query=view.query, columns=columns)
        kept |= {key: value for key, value in preferences(request).get(f"list/{name}", {}).items() if key == "columns"}
    elif "all" not in values:
        kept["columns"] = columns
    parties.keep_preference(actor, f"list/{name}", kept or None)


def _view(request: WorkspaceRequest, list_name: str, ref: str) -> View | None:
    views = queries.views_in(preferences(request), list_name)
    return next((view for view in views if view.ref == ref), None)


@act
def save_view(request: WorkspaceRequest) -> str:
    """Keep how a list stands now under a name, and show it there."""
    values = request.POST
    given = parse_qsl(values.get("query", "")[:1000])
    query = urlencode([(name, value) for name, value in given if name not in PASSING])
    columns = [key[:40] for key in values.getlist("column")[:40]]
    ref = parties.save_view(
        request.actor, values.get("list", ""), name=values.get("name", ""), query=query, columns=columns
    )
    return f"{forms.page_of(values)}?{query}&view={ref}"


@act
def rename_view(request: WorkspaceRequest) -> None:
    """Give a saved view another name."""
    values = request.POST
    parties.rename_view(
        request.actor, values.get("list", ""), values.get("ref", ""), name=values.get("name", "")
    )


@act
def delete_view(request: WorkspaceRequest) -> str:
    """Forget a saved view; the list stands as it is by itself."""
    parties.delete_view(request.actor, request.POST.get("list", ""), request.POST.get("ref", ""))
    return forms.page_of(request.POST)
