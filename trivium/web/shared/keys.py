"""Keys of programs: made here by an administrator, shown once, watched and revoked."""

import datetime as dt
import hmac
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.lists import Found, Wanted, among
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import KeyRow
from trivium.parties.rules import DEFAULT_SCOPES, SCOPE_AREAS, SCOPES, Job
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day
from trivium.web.shared.forms import Field, Form, Row
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

SHOWN_FOR = dt.timedelta(minutes=10)
DAYS = ("90", "30", "365", "")


@page
def keys(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The keys that open this workspace; right after one was made, its secret."""
    actor = request.actor
    if not actor.may("apikey.manage"):
        raise Http404
    rows = queries.api_keys_of(actor)
    context = {
        "form": _make_form(actor.role),
        "made": _just_made(request, rows),
        "per_minute": settings.TRIVIUM["API_PER_MINUTE"],
    }
    states = (("runs", gettext("In force")), ("over", gettext("Over")))

    def fetch(wanted: Wanted) -> Found:
        state = wanted.filters.get("state")
        its = [row for row in rows if not state or _is_over(row) == (state == "over")]
        return among(its, wanted, SORTS, lambda row: f"{row.label} {row.ref}")

    empty = Empty(gettext("No key yet."),
                  gettext("Make one above when a program of yours, an ERP or a shop, shall trade here."))  # fmt: skip
    listing = Listing("keys", gettext("API keys"), _columns(actor.role), fetch, empty,
                      (Filter("state", gettext("State"), states),), gettext("Label"), icon="lock", context=context)
    return show_list(request, listing, "shared/keys.html")


NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
SORTS = {
    "label": lambda row: row.label.casefold(),
    "made": lambda row: row.created_at,
    "used": lambda row: row.used_at or row.created_at.min.replace(tzinfo=dt.UTC),
    "ends": lambda row: row.expires_at or NEVER,
}


def _columns(role: str) -> list[Column]:
    def scopes(row: KeyRow) -> Cell:
        return Cell(chips=[("", scope) for scope in row.scopes])

    def ends(row: KeyRow) -> Cell:
        return Cell(f"{day(row.expires_at)}" if row.expires_at else gettext("Never"),
                    note=gettext("Over") if _is_over(row) else "")  # fmt: skip

    return [
        Column("label", gettext("Label"), lambda row: Cell(row.label, note=row.ref), sort="label", is_kept=True),
        Column("scopes", gettext("Scopes"), scopes, "tags"),
        Column("job", gettext("Works as"), lambda row: Cell(words.word("job", row.job))),
        Column("made", gettext("Made"), lambda row: Cell(row.created_at), "when", "made"),
        Column("by", gettext("Made by"), lambda row: Cell(row.made_by)),
        Column("used", gettext("Last used"), lambda row: Cell(row.used_at), "ago", "used"),
        Column("ends", gettext("Ends"), ends, sort="ends"),
        Column("do", "", lambda row: Cell(forms=[_revoke_form(role, row)]), "do", is_kept=True),
    ]


def _is_over(row: KeyRow) -> bool:
    return row.expires_at is not None and row.expires_at <= now()


def _make_form(role: str) -> Form:
    fields = (
        Field("label", gettext("Label"), limit=80, help=gettext("What the key is for, such as ERP or web shop.")),
        Field("job", gettext("Works as"), "select", Job.STAFF, choices=[(job, words.word("job", job)) for job in Job],
              help=gettext("The key has the rights of this job, and of those what its scopes name."), is_narrow=True),
        Field("days", gettext("Ends after"), "select", DAYS[0], choices=[(d, _ends(d)) for d in DAYS], is_narrow=True,
              help=gettext("A key that ends by itself is one less to forget.")),
    )  # fmt: skip
    rows = tuple(Row(gettext(area), code, _scope_fields(code)) for code, area in SCOPE_AREAS.items())
    return Form("make-key", reverse(f"{role}:make_key"), gettext("Make key"), fields, rows,
                summary=gettext("Make a key"), note=gettext("Give it no more than its program needs."))  # fmt: skip


def _scope_fields(area: str) -> tuple[Field, ...]:
    ways = (
        (f"{area}:read", gettext("Read"), gettext("Lists and single things; changes nothing.")),
        (f"{area}:write", gettext("Write"), gettext("Also acts: creates, confirms, changes.")),
    )
    return tuple(
        Field(f"scope.{scope}", said, "checkbox", "1" if scope in DEFAULT_SCOPES else "", help_text)
        for scope, said, help_text in ways
    )


def _ends(days: str) -> str:
    return gettext("%(days)s days") % {"days": days} if days else gettext("Never")


def _revoke_form(role: str, row: KeyRow) -> Form:
    url = reverse(f"{role}:revoke_key", args=[row.ref])
    return Form(f"revoke-{row.ref}", url, gettext("Revoke"), tone="danger", is_inline=True)


@act
def make_key(request: WorkspaceRequest) -> str:
    """Make a key. The page that follows shows its secret, which the address carries sealed to this session."""
    values = request.POST
    days = forms.choice(values, "days", DAYS)
    ref, secret = commands.create_api_key(
        request.actor,
        label=values.get("label", ""),
        job=forms.choice(values, "job", tuple(Job)),
        scopes=[scope for scope in SCOPES if values.get(f"scope.{scope}")],
        expires_at=now() + dt.timedelta(days=int(days)) if days else None,
    )
    sealed = _cross(request, ref, secret.encode()).hex()
    return f"{reverse(f'{request.actor.role}:keys')}?{urlencode({'made': ref, 'sealed': sealed})}"


@act
def revoke_key(request: WorkspaceRequest, ref: str) -> str:
    """Close a key at once."""
    commands.revoke_api_key(request.actor, ref)
    return reverse(f"{request.actor.role}:keys")


def _just_made(request: WorkspaceRequest, rows: list[KeyRow]) -> dict[str, str] | None:
    """The secret of the key this session has made in the last minutes, if the address brings it back."""
    ref, sealed = request.GET.get("made", ""), request.GET.get("sealed", "")
    row = next((each for each in rows if each.ref == ref and now() - each.created_at < SHOWN_FOR), None)
    try:
        secret = _cross(request, ref, bytes.fromhex(sealed[:200])).decode("ascii") if row else ""
    except ValueError:
        return None
    return {"label": row.label, "secret": secret} if row and secret.startswith("tvm_") else None


def _cross(request: WorkspaceRequest, ref: str, text: bytes) -> bytes:
    """Seal a secret to this session, and open it again: a pad used once, for this key, that only we can make."""
    pad = hmac.digest(settings.SECRET_KEY.encode(), f"key\n{request.session.session_key}\n{ref}".encode(), "sha512")
    return bytes(a ^ b for a, b in zip(text[: len(pad)], pad, strict=False))
