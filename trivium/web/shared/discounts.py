"""Promotions and coupons, for whoever gives them: what is given, what was used of it, and giving and ending it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.catalog.queries import CategoryRow
from trivium.core.actor import Actor
from trivium.core.errors import Empty as NothingWritten
from trivium.core.fields import translate
from trivium.parties import queries as parties
from trivium.pricing import commands, queries
from trivium.pricing.errors import BadNumber
from trivium.pricing.queries import GivenRow
from trivium.pricing.rules import FUNDERS
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day_begins, local, money, percent
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

KINDS = ("order", "line")
INDENT = "\u2003"
LARGEST = 10**9


@page
def promotions(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What this workspace takes off prices, now, later and before; and taking off more."""
    actor = request.actor
    if not actor.may("promotion.launch"):
        raise Http404
    categories = catalog.categories()
    paths = {each.path: translate(each.name, get_language() or "en") for each in categories}
    listing = Listing(
        "promotions",
        gettext("Promotions"),
        _promotion_columns(actor, paths),
        lambda wanted: queries.promotion_rows(actor, wanted),
        Empty(gettext("No promotion yet."),
              gettext("Launch one above: it lowers prices by itself, from its first day to its last.")),
        (_states(),),
        gettext("Name"),
        help=_promotion_help(actor),
        icon="tag",
        context={"acts": [_launch_form(actor, categories)]},
    )  # fmt: skip
    return show_list(request, listing)


@page
def coupons(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The codes this workspace has given out, with how often each was used; and giving another."""
    actor = request.actor
    if not actor.may("coupon.create"):
        raise Http404
    listing = Listing(
        "coupons",
        gettext("Coupons"),
        _coupon_columns(actor),
        lambda wanted: queries.coupon_rows(actor, wanted),
        Empty(gettext("No coupon yet."),
              gettext("Make one above and tell its code to whoever may use it; each use is counted here.")),
        (_states(),),
        gettext("Code or name"),
        help=_coupon_help(actor),
        icon="ticket",
        context={"acts": [_coupon_form(actor)]},
    )  # fmt: skip
    return show_list(request, listing)


def _promotion_help(actor: Actor) -> str:
    return {
        "operator": gettext("For all buyers; you say who pays for it."),
        "supplier": gettext("On your own goods, for all buyers. You pay for it: it lowers what you get."),
    }.get(actor.role, gettext("For your own buyers. You pay for it: it is taken from what you earn on the order."))


def _coupon_help(actor: Actor) -> str:
    return {
        "operator": gettext("A coupon lowers the order of whoever enters its code. The operator pays for it."),
        "supplier": gettext("A coupon lowers your goods on the order of whoever enters its code. You pay for it."),
    }.get(actor.role, gettext("A coupon lowers the order of whoever of your buyers enters its code. You pay for it."))


def _states() -> Filter:
    return Filter("state", gettext("State"), [(each, words.word("status", each)) for each in queries.STATES])


# -- lists -------------------------------------------------------------------------------------------------------------


def _off(row: GivenRow) -> Cell:
    """How much is taken off."""
    return Cell(percent(row.percent) if row.percent is not None else money(row.amount_off, row.currency))


def _least(row: GivenRow) -> Cell:
    return Cell(row.least or None, currency=row.currency)


def _promotion_columns(actor: Actor, paths: Mapping[str, str]) -> list[Column]:
    def scope(row: GivenRow) -> Cell:
        named = [paths.get(row.category_path, row.category_path), row.supplier if actor.role != "supplier" else ""]
        return Cell(" · ".join(filter(None, named)) or gettext("All goods"))

    roomy = actor.role != "operator"  # whose list says besides who gives it and who pays
    payers = Column("funders", gettext("Paid by"), lambda row: Cell(chips=[("", _role(each)) for each in row.funders]),
                    "tags")  # fmt: skip
    given = Column("given", gettext("Launched by"), lambda row: Cell(row.given))
    return [
        Column("name", gettext("Name"), lambda row: Cell(_said(row), url=_history(actor, row)), is_kept=True),
        Column("off", gettext("Takes off"), _off, "number", is_kept=True),
        Column("kind", gettext("Holds for"), lambda row: Cell(words.word("promotion_kind", row.kind)), is_shown=roomy),
        Column("least", gettext("From an order of"), _least, "money"),
        Column("scope", gettext("Goods"), scope, is_shown=roomy),
        *((given, payers) if actor.role == "operator" else ()),
        *_days(has_first=roomy),
        Column("do", "", lambda row: _end(actor, row, "end_promotion"), "do", is_kept=True),
    ]  # fmt: skip


def _coupon_columns(actor: Actor) -> list[Column]:
    def uses(row: GivenRow) -> Cell:
        return Cell(row.uses, note="" if row.uses_left is None else f"/ {row.uses + row.uses_left:,}")

    def each(row: GivenRow) -> Cell:
        return Cell(gettext("without limit") if row.per_buyer is None else f"{row.per_buyer:,}")

    roomy = actor.role != "operator"
    given = Column("given", gettext("Made by"), lambda row: Cell(row.given or _role(row.funders[0])))
    return [
        Column("code", gettext("Coupon code"), lambda row: Cell(row.code, url=_history(actor, row)), "number", "code",
               is_kept=True),
        Column("name", gettext("Name"), lambda row: Cell(_said(row))),
        Column("off", gettext("Takes off"), _off, "number", is_kept=True),
        Column("least", gettext("From an order of"), _least, "money"),
        Column("uses", gettext("Used"), uses, "quantity", is_kept=True),
        Column("each", gettext("For each buyer"), each, "number", is_shown=False),
        *((given,) if actor.role == "operator" else ()),
        *_days(has_first=roomy),
        Column("do", "", lambda row: _end(actor, row, "end_coupon"), "do", is_kept=True),
    ]  # fmt: skip


def _days(*, has_first: bool) -> list[Column]:
    return [
        Column(
            "from",
            gettext("First day"),
            lambda row: Cell(local(row.starts_at).date()),
            "day",
            "from",
            is_shown=has_first,
        ),
        Column("until", gettext("Last day"), _last_day, "day", "until"),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row.state, "")]), "chips", is_kept=True),
    ]


def _last_day(row: GivenRow) -> Cell:
    return Cell(local(row.ends_at - dt.timedelta(microseconds=1)).date() if row.ends_at else None)


def _said(row: GivenRow) -> str:
    return translate(row.name, get_language() or "en")


def _role(code: str) -> str:
    return words.word("role", code)


def _history(actor: Actor, row: GivenRow) -> str:
    return reverse(f"{actor.role}:history", args=[row.ref])


def _end(actor: Actor, row: GivenRow, name: str) -> Cell:
    """The button that ends what is not over yet."""
    if row.state == "over":
        return Cell()
    url = reverse(f"{actor.role}:{name}", args=[row.ref])
    return Cell(forms=[Form(f"end-{row.ref}", url, gettext("End now"), tone="danger", is_inline=True)])


# -- giving ------------------------------------------------------------------------------------------------------------


def _name_fields(*, required: bool) -> list[Field]:
    said = gettext("What buyers read beside the discount; one of the two is enough.") if required else gettext(
        "What buyers read beside the discount; without one they read the code.")  # fmt: skip
    names = {
        "zh-hans": Field("name", gettext("Name in Chinese"), required=False, limit=120, help=said),
        "en": Field("name_en", gettext("Name in English"), required=False, limit=120, help=said),
    }
    return [names[each] for each in words.readers_first(names)]


def _off_fields(currency: str, least: str, amount_help: str) -> list[Field]:
    return [
        Field("percent", gettext("Percent off"), "number", required=False, is_narrow=True, suffix="%",
              help=gettext("Either a percentage or an amount, not both.")),
        Field("amount_off", gettext("Amount off"), "number", required=False, is_narrow=True, suffix=currency,
              help=amount_help),
        Field(least, gettext("From an order of"), "number", required=False, is_narrow=True, suffix=currency,
              help=gettext("It holds from this amount on; left empty it always does.")),
        Field("currency", kind="hidden", value=currency),
    ]  # fmt: skip


def _day_fields() -> list[Field]:
    return [
        Field("starts_at", gettext("First day"), "date", required=False, is_narrow=True,
              help=gettext("Left empty it begins now.")),
        Field("ends_at", gettext("Last day"), "date", required=False, is_narrow=True,
              help=gettext("The day itself counts; left empty it holds until you end it.")),
    ]  # fmt: skip


def _launch_form(actor: Actor, categories: Sequence[CategoryRow]) -> Form:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    language = get_language() or "en"
    goods = [(c.ref, INDENT * c.path.count("/") + translate(c.name, language)) for c in categories]
    kinds = [(each, words.word("promotion_kind", each)) for each in KINDS]
    payers = tuple(
        Field(f"weight.{party}", _role(party), "number", "100" if party == "operator" else "0", is_narrow=True,
              suffix="%", help=gettext("Its part of the discount; the three make up the whole."))
        for party in FUNDERS
    )  # fmt: skip
    fields = (
        *_name_fields(required=True),
        Field("kind", gettext("Holds for"), "select", KINDS[0], choices=kinds,
              help=gettext("On goods each line is lowered; on the whole order its sum is.")),
        *_off_fields(currency, "threshold", gettext("Taken off the order once, or off each line.")),
        *_day_fields(),
        *(payers if actor.role == "operator" else ()),
        Field("category_ref", gettext("Category"), "select", choices=[("", gettext("All goods")), *goods],
              is_seldom=True, required=False, help=gettext("It holds for goods in it, and all below it.")),
        Field("lane", gettext("Lane"), "number", "0", is_narrow=True, is_seldom=True,
              help=gettext("Of promotions in one lane only the best for the buyer holds; lanes add up.")),
        Field("recheck_on_return", gettext("Take it back on returns"), "checkbox", is_seldom=True,
              help=gettext("When goods go back and the order falls below its amount, the discount is taken back.")),
    )  # fmt: skip
    said = gettext("Launch a promotion")
    return Form("launch-promotion", reverse(f"{actor.role}:launch_promotion"), said, fields, summary=said,
                note=gettext("It acts on the next order. Orders placed before stay as they are."))  # fmt: skip


def _coupon_form(actor: Actor) -> Form:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    fields = (
        Field("code", gettext("Coupon code"), limit=40, is_narrow=True,
              help=gettext("One word, as buyers type it; large and small letters are the same.")),
        *_off_fields(currency, "min_spend", gettext("Taken off the order once.")),
        Field("uses", gettext("Uses in all"), "number", required=False, is_narrow=True,
              help=gettext("So many orders can use it; left empty there is no limit.")),
        Field("per_buyer", gettext("For each buyer"), "number", "1", required=False, is_narrow=True,
              help=gettext("So often can one company use it; left empty there is no limit.")),
        *_day_fields(),
        *_name_fields(required=False),
    )  # fmt: skip
    said = gettext("Make a coupon")
    return Form("create-coupon", reverse(f"{actor.role}:create_coupon"), said, fields, summary=said,
                note=gettext("It can be used at once by whoever knows its code."))  # fmt: skip


@act
def launch_promotion(request: WorkspaceRequest) -> None:
    """Lower prices for a time."""
    values, currency = request.POST, request.POST.get("currency", "")
    off, least = _off_given(values, currency), forms.amount(values, "threshold", currency, empty=0)
    commands.launch_promotion(
        request.actor,
        name=_names(values, required=True),
        kind=forms.choice(values, "kind", KINDS),
        lane=_whole(values, "lane") or 0,
        percent=_percent(values),
        amount_off=off,
        threshold=least,
        currency=currency if off or least else "",
        funders=_funders(values) if request.actor.role == "operator" else None,
        category_ref=values.get("category_ref") or None,
        recheck_on_return=values.get("recheck_on_return") == "1",
        starts_at=_first_moment(values),
        ends_at=_end_of(values),
    )


@act
def end_promotion(request: WorkspaceRequest, ref: str) -> None:
    """Let a promotion hold no longer."""
    commands.end_promotion(request.actor, ref)


@act
def create_coupon(request: WorkspaceRequest) -> None:
    """Make a coupon."""
    values, currency = request.POST, request.POST.get("currency", "")
    off, least = _off_given(values, currency), forms.amount(values, "min_spend", currency, empty=0)
    commands.create_coupon(
        request.actor,
        code=values.get("code", ""),
        name=_names(values, required=False),
        percent=_percent(values),
        amount_off=off,
        min_spend=least,
        currency=currency if off or least else "",
        uses=_whole(values, "uses"),
        per_buyer=_whole(values, "per_buyer"),
        starts_at=_first_moment(values),
        ends_at=_end_of(values),
    )


@act
def end_coupon(request: WorkspaceRequest, ref: str) -> None:
    """Let a coupon be used no more."""
    commands.end_coupon(request.actor, ref)


def _names(values: Mapping[str, str], *, required: bool) -> dict[str, str]:
    """The names that were written.

    Refuses: Empty, if there must be one.
    """
    given = {"zh-hans": values.get("name", ""), "en": values.get("name_en", "")}
    found = {language: name for language, name in given.items() if name.strip()}
    if required and not found:
        raise NothingWritten(field="name")
    return found


def _off_given(values: Mapping[str, str], currency: str) -> int | None:
    return forms.amount(values, "amount_off", currency, empty=0) or None


def _percent(values: Mapping[str, str]) -> str | None:
    return forms.plain_number(values.get("percent", "")).removesuffix("%") or None


def _whole(values: Mapping[str, Any], name: str) -> int | None:
    """A whole number; none where nothing is written.

    Refuses: BadNumber.
    """
    text = forms.plain_number(values.get(name, ""))
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise BadNumber(field=name, min=0, max=LARGEST)
    return int(text)


def _funders(values: Mapping[str, str]) -> list[dict[str, object]]:
    """Who pays how much of it."""
    weights = {party: _whole(values, f"weight.{party}") or 0 for party in FUNDERS}
    return [{"party": party, "weight": weight} for party, weight in weights.items() if weight]


def _first_moment(values: Mapping[str, str]) -> dt.datetime | None:
    return day_begins(forms.date(values, "starts_at")) if values.get("starts_at") else None


def _end_of(values: Mapping[str, str]) -> dt.datetime | None:
    """The end of the last day."""
    return day_begins(forms.date(values, "ends_at") + dt.timedelta(days=1)) if values.get("ends_at") else None
