"""How money, dates, quantities and codes appear in templates. Nothing else formats them."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from jinja2.runtime import Context

from trivium.catalog.queries import Face, PictureRow
from trivium.core.errors import Refusal
from trivium.core.fields import translate
from trivium.core.ids import new_ref
from trivium.core.money import to_text
from trivium.core.quantity import plain
from trivium.core.time import now
from trivium.web.shared import pictures, words
from trivium.web.shared.entering import form_opens
from trivium.web.shared.environment import Library, static
from trivium.web.shared.forms import Form, Refused, filled
from trivium.web.shared.paths import path_of
from trivium.web.shared.refusals import text_of
from trivium.web.shared.regions import country_name
from trivium.web.shared.signs import MINUS, price_with_sign, with_sign

register = Library()

KEYED = ("web:invitation", "web:visited", "account_reset_password_from_key")
"""Pages that are opened by a key at the end of their address."""

# A chip says its state by icon and word; the colour only helps. code → (icon, tone)
CHIPS = {
    "submitted": ("clock", "wait"),
    "confirmed": ("check", "move"),
    "released": ("box", "move"),
    "shipped": ("truck", "move"),
    "signed": ("pen", "done"),
    "completed": ("check", "done"),
    "cancelled": ("cross", "stop"),
    "issued": ("clock", "wait"),
    "closed": ("check", "done"),
    "proposed": ("clock", "wait"),
    "sent": ("check", "done"),
    "declined": ("cross", "stop"),
    "pending": ("clock", "wait"),
    "received": ("check", "done"),
    "failed": ("cross", "stop"),
    "waiting": ("clock", "wait"),
    "approved": ("check", "done"),
    "listed": ("check", "done"),
    "unlisted": ("cross", "stop"),
    "trading": ("check", "done"),
    "suspended": ("cross", "stop"),
    "agreed": ("check", "done"),
    "unsigned": ("clock", "wait"),
    "to_sign": ("alert", "stop"),
    "sign_soon": ("clock", "wait"),
    "may_sign": ("pen", "move"),
    "is_signed": ("check", "done"),
    "asked_for": ("pen", "move"),
    "intact": ("check", "done"),
    "broken": ("alert", "stop"),
    "arrived": ("check", "done"),
    "open": ("clock", "wait"),
    "taken": ("user", "move"),
    "asked": ("alert", "wait"),
    "asked_person": ("alert", "wait"),
    "ended": ("check", "done"),
    "unread": ("clock", "wait"),
    "read": ("check", "done"),
    "unacknowledged": ("clock", "wait"),
    "acknowledged": ("check", "done"),
    "withdrawn": ("cross", "stop"),
    "done": ("check", "done"),
    "coming": ("calendar", "move"),
    "closed_now": ("calendar", "wait"),
    "over": ("check", "done"),
    "draft": ("pencil", "wait"),
    "rejected": ("cross", "stop"),
    "filed": ("paper", "move"),
    "in_force": ("check", "done"),
    "replaced": ("back", "wait"),
    "account_moved": ("cross", "stop"),
    "voting": ("clock", "wait"),
    "voted": ("check", "done"),
    "ahead": ("calendar", "move"),
    "held": ("check", "done"),
    "running": ("clock", "move"),
    "called_off": ("cross", "stop"),
    "attends": ("check", "done"),
    "stays_away": ("cross", "stop"),
    "unanswered": ("clock", "wait"),
}


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units as ¥1,234.50; nothing known is shown as a dash."""
    if minor is None:
        return "–"
    return with_sign(to_text(minor, currency), currency)


@register.filter
def country(code: str) -> str:
    """The country of two letters, in the reader's language."""
    return country_name(code)


@register.filter
def unit_price(price: Decimal | str | None, currency: str) -> str:
    """The price of one unit: two decimals, or as many as it has; one the reader may not know ("") is a dash."""
    if price is None or isinstance(price, str):
        return "–"
    return price_with_sign(price, currency)


@register.filter
def qty(quantity: Decimal | int) -> str:
    """A quantity: 1,200 or 2.5."""
    value = plain(Decimal(quantity))
    return f"{value:,}" if isinstance(value, int) else f"{value:,f}"


@register.filter
def qty_plain(quantity: Decimal) -> str:
    """A quantity as a script reads it: no separators."""
    return f"{plain(quantity)}"


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: dt.datetime) -> dt.datetime:
    """A moment where the trade is."""
    return at.astimezone(_zone(settings.TRIVIUM["LOCAL_TIME_ZONE"]))


def day_begins(date: dt.date) -> dt.datetime:
    """The first moment of a day where the trade is."""
    return dt.datetime.combine(date, dt.time(), _zone(settings.TRIVIUM["LOCAL_TIME_ZONE"]))


@register.filter
def when(at: dt.datetime | None) -> str | SafeString:
    """A moment as 2026-11-22 14:05, local."""
    if at is None:
        return "–"
    here = local(at)
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), f"{here:%Y-%m-%d %H:%M}")


@register.filter
def day(value: dt.datetime | dt.date | None) -> str:
    """A day as 2026-11-22, local."""
    if value is None:
        return "–"
    return f"{local(value) if isinstance(value, dt.datetime) else value:%Y-%m-%d}"


@register.filter
def last_day(end: dt.datetime) -> str:
    """The last day of a half-open period that ends at this moment."""
    return day(end - dt.timedelta(microseconds=1))


@register.filter
def period(begins: dt.datetime | None, end: dt.datetime) -> str:
    """The days of a half-open period; the first statement of a party has no beginning."""
    if begins is None:
        return gettext("Up to %(day)s") % {"day": last_day(end)}
    return f"{day(begins)} – {last_day(end)}"


@register.filter
def weight(grams: int) -> str:
    """A weight as goods are weighed: 350 g, 5.25 kg."""
    return f"{qty(grams)} g" if grams < 1000 else f"{qty(Decimal(grams) / 1000)} kg"


@register.filter
def due(at: dt.datetime | None) -> str | SafeString:
    """A deadline as a person counts it, with the exact moment on hover."""
    if at is None:
        return ""
    hours = round((at - now()).total_seconds() / 3600)
    size = abs(hours)
    if size < 48:
        span = ngettext("%(count)s hour", "%(count)s hours", size) % {"count": size}
    else:
        span = ngettext("%(count)s day", "%(count)s days", size // 24) % {"count": size // 24}
    late = hours < 0
    words_ = (gettext("%(span)s late") if late else gettext("%(span)s left")) % {"span": span}
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>',
        " late" if late else " soon" if hours < 12 else "",
        local(at).isoformat(timespec="seconds"),
        f"{local(at):%Y-%m-%d %H:%M}",
        words_,
    )


@register.filter
def ago(at: dt.datetime | None) -> str | SafeString:
    """How long ago, with the exact moment on hover."""
    if at is None:
        return "–"
    minutes = max(0, round((now() - at).total_seconds() / 60))
    if minutes < 1:
        said = gettext("just now")
    elif minutes < 60:
        said = ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    elif minutes < 48 * 60:
        said = ngettext("%(count)s hour ago", "%(count)s hours ago", minutes // 60) % {"count": minutes // 60}
    else:
        said = f"{local(at):%Y-%m-%d}"
    here = local(at).isoformat(timespec="seconds")
    return SafeString(f'<time datetime="{here}" title="{here[:10]} {here[11:16]}">{escape(said)}</time>')


@register.filter
def percent(value: Decimal | str) -> str:
    """A percentage with one decimal, more only if it has more."""
    number = Decimal(value)
    text = f"{number.normalize():f}"
    return f"{text if len(text.partition('.')[2]) > 1 else f'{number:.1f}'}%"


@register.filter
def change(value: Decimal) -> str:
    """A change in percent: +12.3% or −4.0%."""
    return f"{MINUS if value < 0 else '+' if value > 0 else ''}{abs(value):,.1f}%"


@register.filter
def words_in(value: Any) -> str:
    """A trader's words in the reader's language."""
    return translate(value, get_language() or "en") if isinstance(value, dict) else str(value or "")


@register.filter
def word(code: object, kind: str) -> str:
    """The words for a code."""
    return words.word(kind, code)


@register.filter
def sentence(message: str, number: str) -> SafeString:
    """A notice's sentence with its order number, which is never broken over two lines."""
    before, mark, after = (gettext(message) % {"number": "\n"}).partition("\n")
    return format_html('{}<span class="number">{}</span>{}' if mark else "{}", before, number, after)


@register.filter
def refusal_text(refusal: Refusal) -> str:
    """Why not, in the reader's language."""
    return text_of(refusal)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """One of our icons; decoration only, the words stand beside it."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def show_picture(face: Face | None, kind: str, place: int = 0, words: str = "") -> SafeString:
    """How goods look: "line", "card" or "page"; `place` counts cards, `words` say what is seen if nothing else does."""
    return pictures.picture(face, kind=kind, place=place, words=words)


@register.simple_tag
def show_photo(photo: PictureRow, name: str, place: int, count: int) -> SafeString:
    """One of several pictures of goods, small, leading to the large one."""
    said = gettext("%(name)s, picture %(place)s of %(count)s") % {"name": name, "place": place, "count": count}
    return pictures.photo_link(photo, said)


@register.simple_tag(takes_context=True)
def place_of(context: Context, ref: str) -> str:
    """The path of what a reference names, in the reader's portal."""
    actor = context["actor"]
    return path_of(actor.role, ref) if actor else ""


@register.simple_tag(takes_context=True)
def path_of_page(context: Context) -> str:
    """The path of a page as feedback names it: without the key that opens it, if its address is one."""
    request = context["request"]
    match = request.resolver_match
    if match is None or match.view_name not in KEYED:
        return str(request.path)
    return str(request.path).rstrip("/").rpartition("/")[0] + "/"


@register.simple_tag(takes_context=True)
def title_of_page(context: Context) -> str:
    """What the page calls itself: its block "title"."""
    title = context.blocks["title"][0]
    return unescape("".join(title(context))).strip()


@register.simple_tag
def new_key() -> str:
    """The idempotency key of one form as it is shown: sent twice, it is one act."""
    return new_ref("web")


@register.simple_tag
def chip(code: str) -> SafeString:
    """A state as icon and word."""
    return _chip(code, get_language() or "en")


@lru_cache(maxsize=512)
def _chip(code: str, language: str) -> SafeString:
    its_icon, tone = CHIPS.get(code, ("clock", "wait"))
    return format_html('<span class="chip {}">{}{}</span>', tone, icon(its_icon), words.word("status", code))


@register.simple_tag(takes_context=True)
def filled_in(context: Context, form: Form) -> Form:
    """A part of a form that its page draws itself, with what was refused beside its field."""
    return filled(form, context.get("refused"))


@register.simple_tag(takes_context=True)
def may_send(context: Context, form: Form) -> bool:
    """Whether its reader may do what a form does; somebody of the operator in a company's workspace may not do all."""
    return form_opens(context["request"], form.url)


@register.inclusion_tag("ui/form.html", takes_context=True)
def show_form(context: Context, form: Form) -> dict[str, Any]:
    """A form, with what was refused in it beside its field."""
    refused: Refused | None = context.get("refused")
    request = context["request"]
    return {
        "form": filled(form, refused),
        "opens": may_send(context, form),
        "on": context.get("on") or request.get_full_path(),
        "request": request,
    }
