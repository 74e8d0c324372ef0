"""What an application asks, section by section, and how what was written is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.fields import translate
from trivium.core.money import to_text
from trivium.parties import queries as parties
from trivium.parties.queries import ApplicationView
from trivium.parties.rules import INDUSTRIES, Facts, PaperKind, Size
from trivium.web.shared import forms, words
from trivium.web.shared.applications import largest_paper
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.regions import country_choices, currency_choices, region_choices

CURRENCIES = ("CNY", "GBP", "EUR", "USD")
LISTS = ("categories", "territory")
TEXTS = ("legal_name", "name", "number", "address", "contact_name", "phone", "email", "bank_account", "region",
         "industry", "size", "serves", "country", "currency")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ticks:
    """Several choices at once. `choices` are (value, words, whether it is ticked)."""

    name: str
    legend: str
    help: str
    choices: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: its heading, its fields, and a set to tick in."""

    id: str
    title: str
    form: Form
    ticks: Ticks | None = None
    is_papers: bool = False


def sections_of(view: ApplicationView, ticked: Mapping[str, Sequence[str]] | None) -> list[Section]:
    """Everything that is asked of this role, as it was written so far; `ticked` is what came back with a refusal."""
    role, facts = view.row.role, view.facts
    now = ticked or {"categories": facts.categories, "territory": facts.territory}
    found = []
    if view.row.status == "asked":
        found.append(Section("answer", gettext("Your answer"), _form(_answer_fields())))
    found += [
        Section("company", gettext("The company"), _form(_company_fields(facts))),
        Section("contact", gettext("Whom we talk to"), _form(_contact_fields(facts))),
    ]
    if role == "supplier":
        found.append(Section("goods", gettext("Goods and payment"), _form((_account(facts),)),
                             _category_ticks(now["categories"])))  # fmt: skip
    if role == "partner":
        found.append(Section("territory", gettext("Territory and payment"), _form(_partner_fields(facts)),
                             _territory_ticks(now["territory"])))  # fmt: skip
    found.append(Section("papers", gettext("Papers"), _form(_paper_fields()), is_papers=True))
    return found


def _form(fields: tuple[Field, ...]) -> Form:
    return Form("facts", "", "", fields)


def _answer_fields() -> tuple[Field, ...]:
    return (Field("words", gettext("Answer"), "textarea", limit=2000,
                  help=gettext("You can also change what is written below, and add papers.")),)  # fmt: skip


def _company_fields(facts: Facts) -> tuple[Field, ...]:
    industries = [("", gettext("Choose a section")), *((code, words.word("industry", code)) for code in INDUSTRIES)]
    sizes = [("", gettext("Choose a size")), *((size, words.word("size", size)) for size in Size)]
    label = _labels()
    number_help = gettext("In China the unified social credit code of 18 places; elsewhere the VAT or company number.")
    return (
        Field("legal_name", label("legal_name"), value=facts.legal_name, limit=200, autocomplete="organization",
              help=gettext("Exactly as it stands on the licence.")),
        Field("name", label("name"), value=facts.name, limit=120,
              help=gettext("The short name others read on orders and lists.")),
        Field("country", label("country"), "select", facts.country, choices=country_choices(facts.country),
              help=gettext("Where the company is registered.")),
        Field("number", label("number"), value=facts.number, limit=40, help=number_help),
        Field("region", label("region"), "select", facts.region, choices=_regions(facts),
              help=gettext("Where it is registered; only asked of companies in China.")),
        Field("address", label("address"), value=facts.address, limit=300, autocomplete="street-address",
              help=gettext("Registered address: city, district, street and number.")),
        Field("industry", label("industry"), "select", facts.industry, choices=industries,
              help=gettext("The section of GB/T 4754 that fits what it mostly does.")),
        Field("size", label("size"), "select", facts.size, choices=sizes, is_narrow=True,
              help=gettext("As the statistics office classes it.")),
        Field("currency", label("currency"), "select", facts.currency, choices=currency_choices(CURRENCIES),
              help=gettext("In which it buys, sells and is paid.")),
    )  # fmt: skip


def _regions(facts: Facts) -> Sequence[tuple[str, str]]:
    if facts.country == "CN":
        return region_choices("CN", facts.region)
    chosen = [(facts.region, facts.region)] if facts.region else []
    return [("", gettext("Not asked")), *chosen]


def _contact_fields(facts: Facts) -> tuple[Field, ...]:
    label = _labels()
    return (
        Field("contact_name", label("contact_name"), value=facts.contact_name, limit=120, autocomplete="name",
              help=gettext("Who can answer our questions.")),
        Field("phone", label("phone"), value=facts.phone, limit=40, autocomplete="tel",
              help=gettext("With its country code if it is not of the company’s country.")),
        Field("email", label("email"), "email", facts.email, limit=254, autocomplete="email",
              help=gettext("Questions and the decision are sent here as well.")),
    )  # fmt: skip


def _account(facts: Facts) -> Field:
    return Field("bank_account", _labels()("bank_account"), value=facts.bank_account, limit=40,
                 help=gettext("The company’s own account, for payouts. It is kept encrypted."))  # fmt: skip


def _partner_fields(facts: Facts) -> tuple[Field, ...]:
    label = _labels()
    serves = [("", gettext("All sections")), *((code, words.word("industry", code)) for code in INDUSTRIES)]
    expected = to_text(facts.expected_monthly, facts.currency) if facts.expected_monthly is not None else ""
    return (
        Field("serves", label("serves"), "select", facts.serves, choices=serves,
              help=gettext("The section most of your buyers belong to.")),
        Field("is_exclusive", label("is_exclusive"), "checkbox", "1" if facts.is_exclusive else "", required=False,
              help=gettext("Ask for it only where you can serve everybody; the operator decides.")),
        Field("expected_monthly", label("expected_monthly"), "number", expected, suffix=facts.currency, is_narrow=True,
              help=gettext("What your buyers will order in a month, to your best knowledge.")),
        _account(facts),
    )  # fmt: skip


def _paper_fields() -> tuple[Field, ...]:
    kinds = [(kind, words.word("paper", kind)) for kind in PaperKind]
    limit = gettext("PDF, PNG or JPEG, at most %(limit)s MB, without a password.") % {"limit": largest_paper()}
    return (
        Field("kind", gettext("Kind of paper"), "select", PaperKind.BUSINESS_LICENCE, choices=kinds,
              help=gettext("Every application needs the business licence.")),
        Field("paper_number", gettext("Number on it"), limit=60, required=False,
              help=gettext("As printed; leave it empty if there is none.")),
        Field("expires_on", gettext("Expires on"), "date", required=False, is_narrow=True,
              help=gettext("The last day it is in force; empty for one without end.")),
        Field("file", gettext("File"), "file", help=limit, required=False,
              data=(("accept", "application/pdf,image/png,image/jpeg"),)),
    )  # fmt: skip


def _category_ticks(chosen: Sequence[str]) -> Ticks:
    language = get_language() or "en"
    tops = [(c.path, translate(c.name, language)) for c in catalog.categories() if "/" not in c.path]
    tops = tops or [(parties.MARKET_IS_NEW, gettext("All goods"))]  # a market that is new has no categories yet
    known = {path for path, _name in tops}
    more = [(path, path) for path in chosen if path not in known]
    choices = [(path, name, path in chosen) for path, name in (*tops, *more)]
    help_text = gettext("What you sell. Some kinds need a certificate.")
    return Ticks("categories", words.word("fact", "categories"), help_text, choices)


def _territory_ticks(chosen: Sequence[str]) -> Ticks:
    known = [(code, name) for code, name in region_choices("CN") if code]
    more = [(code, code) for code in chosen if code not in dict(known)]
    choices = [(code, name, code in chosen) for code, name in (*known, *more)]
    return Ticks("territory", words.word("fact", "territory"), gettext("Where your buyers are."), choices)


def _labels() -> Any:
    return lambda name: words.word("fact", name)


def written(role: str, facts: Facts, values: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The facts as they were written; what the form of this role does not ask is left alone.

    Refuses: BadAmount.
    """
    found: dict[str, Any] = {name: values[name] for name in TEXTS if name in values}
    country = str(found.get("country", facts.country)).strip().upper()
    if country != "CN" and not found.get("region", "").strip():
        found["region"] = ""
    if role == "supplier":
        found["categories"] = list(lists["categories"])
    if role == "partner":
        found["territory"], found["is_exclusive"] = list(lists["territory"]), bool(values.get("is_exclusive"))
        currency = found.get("currency", facts.currency)
        text = forms.plain_number(values.get("expected_monthly", ""))
        known = currency if currency in CURRENCIES else "CNY"
        found["expected_monthly"] = forms.amount(values, "expected_monthly", known) if text else None
    return found
