"""What opens to somebody of the operator in a company's workspace, and the frame around it: a banner, and a way out.

Default is no: a page or an act that is not named here is refused in an entry, whatever else would let it through.
"""

import datetime as dt
import math
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve

from trivium.core.time import now
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.parties.queries import Entered

ENTRY = "entry"
"""Under which name the session keeps the entry's reference."""

_READ = frozenset({
    "home", "work", "orders", "order", "line", "shipments", "refunds", "search", "history", "notices", "announcements",
    "announcement", "entries", "entry", "shelf", "product", "cart", "checkout", "products", "freight", "holidays",
    "buyers", "contracts", "contract", "goods", "prices", "contract_prices", "price_list", "statements",
    "statement", "payouts",
})  # fmt: skip
_DONE: Mapping[str, frozenset[str]] = {
    "buyer": frozenset({"add_to_cart", "set_cart_line", "place", "cancel_order"}),
    "supplier": frozenset({
        "create_product", "revise_product", "set_product_listed", "add_sku", "revise_sku", "add_pictures",
        "change_picture", "set_listed", "list_many", "delist_many", "count_stock", "put_freight", "remove_freight",
        "set_holiday", "remove_holiday", "ship",
    }),
    "partner": frozenset(),
}  # fmt: skip
_OUTSIDE = frozenset({"web:root", "web:leave_entry", "account_logout"})


def opens_in_entry(view_name: str, role: str, *, acts: bool) -> bool:
    """Whether an entry into a workspace of this role opens a URL; `acts`: and does what stands behind it."""
    if view_name in _OUTSIDE:
        return True
    portal, _colon, name = view_name.partition(":")
    return portal == role and (name in _READ or (acts and name in _DONE.get(role, frozenset())))


def form_opens(request: HttpRequest, url: str) -> bool:
    """Whether what a form would do is open to whoever reads it: in an entry, no act is offered that it refuses."""
    entry = entry_of(request)
    if entry is None:
        return True
    its = resolve(url.partition("?")[0] or request.path)
    return opens_in_entry(its.view_name, entry.actor.role, acts=entry.acts)


def entry_of(request: HttpRequest) -> Entered | None:
    """The entry this request is made in."""
    found: Entered | None = getattr(request, "entry", None)
    return found


def look_for_entry(request: HttpRequest) -> HttpResponse | None:
    """Put the entry of this session on the request; an answer, if there was one and it is over."""
    ref = request.session.get(ENTRY) if request.user.is_authenticated else None
    if not ref:
        return None
    found = parties.entry_now(ref, request.user.pk or 0)
    if found is not None:
        request.entry = found  # type: ignore[attr-defined]
        return None
    return entry_over(request, str(ref))


def entry_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Leave what is over; nothing that was asked for in it is done anywhere else."""
    from trivium.web.shared.workspace import find_actor, find_person

    del request.session[ENTRY]
    actor = find_actor(request) or find_person(request)
    if actor is not None:
        request.actor = actor  # type: ignore[attr-defined]
        parties_commands.end_entry(actor, ref)
    if request.method in ("GET", "HEAD"):
        return redirect("web:root")
    return render(request, "shared/entry_over.html", status=409)


def answer_in_entry(request: HttpRequest, entry: Entered, view_name: str) -> HttpResponse | None:
    """What an entry does not open is refused before its view runs."""
    if view_name == "account_logout" and request.method == "POST":
        parties_commands.end_entry(entry.actor, entry.ref)
        return None
    reads = request.method in ("GET", "HEAD")
    if opens_in_entry(view_name, entry.actor.role, acts=entry.acts) and (
        reads or view_name == "web:leave_entry" or _does(view_name, entry)
    ):
        return None
    return render(request, "shared/not_in_entry.html", status=403)


def _does(view_name: str, entry: Entered) -> bool:
    portal, _colon, name = view_name.partition(":")
    return entry.acts and portal == entry.actor.role and name in _DONE[portal]


def banner(entry: Entered, at: dt.datetime | None = None) -> dict[str, object]:
    """What the banner says: in whose shoes, how, why, and for how many minutes more."""
    left = math.ceil((entry.until - (at or now())).total_seconds() / 60)
    return {"name": entry.organization_name, "role": entry.actor.role, "acts": entry.acts, "until": entry.until,
            "left": max(left, 1), "reason": entry.reason}  # fmt: skip


def workspace_of(entry: Entered) -> parties.Workspace:
    """The workspace an entry opens, as the frame shows it."""
    own = entry.actor
    name, key = entry.organization_name, own.organization_id or 0
    return parties.Workspace(own.organization_ref, name, own.role, "", key, None)
