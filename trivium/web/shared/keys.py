"""Keys of programs: made here by an administrator, shown once, watched and revoked."""

import datetime as dt
import hmac
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.queries import KeyRow
from trivium.parties.rules import DEFAULT_SCOPES, SCOPE_AREAS, SCOPES, Job
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, Row
from trivium.web.shared.workspace import WorkspaceRequest

SHOWN_FOR = dt.timedelta(minutes=10)
DAYS = ("90", "30", "365", "")


@page
def keys(request: WorkspaceRequest) -> Shown:
    """The keys that open this workspace; right after one was made, its secret."""
    actor = request.actor
    if not actor.may("apikey.manage"):
        raise Http404
    rows = queries.api_keys_of(actor)
    context = {
        "keys": [{"row": row, "is_over": _is_over(row), "form": _revoke_form(actor.role, row)} for row in rows],
        "form": _make_form(actor.role),
        "made": _just_made(request, rows),
        "per_minute": settings.TRIVIUM["API_PER_MINUTE"],
    }
    return Shown("shared/keys.html", context)


def _is_over(row: KeyRow) -> bool:
    return row.expires_at is not None and row.expires_at <= now()


def _make_form(role: str) -> Form:
    fields = (
        Field("label", gettext("Label"), limit=80, help=gettext("What the key is for, such as ERP or web shop.")),
        Field("job", gettext("Works as"), "select", Job.STAFF, choices=[(job, words.word("job", job)) for job in Job],
              help=gettext("The key has the rights of this job, and of those what its scopes name."), is_narrow=True),
        Field("days", gettext("Ends after"), "select", DAYS[0], choices=[(d, _ends(d)) for d in DAYS], is_narrow=True),
    )  # fmt: skip
    rows = tuple(Row(gettext(area), code, _scope_fields(code)) for code, area in SCOPE_AREAS.items())
    return Form("make-key", reverse(f"{role}:make_key"), gettext("Make key"), fields, rows,
                summary=gettext("Make a key"), note=gettext("Give it no more than its program needs."))  # fmt: skip


def _scope_fields(area: str) -> tuple[Field, ...]:
    ways = ((f"{area}:read", gettext("Read")), (f"{area}:write", gettext("Write")))
    return tuple(
        Field(f"scope.{scope}", said, "checkbox", "1" if scope in DEFAULT_SCOPES else "")
        for scope, said in ways
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
