"""Refusals as people read them: translated, with the words for the codes in them, and the status they answer with."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.errors import Refusal
from trivium.core.fields import translate
from trivium.parties.rules import RULE_WORDS
from trivium.web.shared.paths import path_to
from trivium.web.shared.regions import country_name, region_name
from trivium.web.shared.signs import price_with_sign, with_sign
from trivium.web.shared.words import WORDS, word

STATUS = {"invalid": 422, "not_found": 404, "denied": 403, "conflict": 409, "too_often": 429, "unavailable": 503}

# Which table of words a parameter's code is looked up in.
_TABLES = {
    "state": "status",
    "act": "step",
    "what": "what",
    "missing": "missing",
    "method": "payment",
    "side": "role",
    "role": "role",
    "unit": "unit",
    "outcome": "outcome",
    "fact": "fact",
    "paper": "paper",
    "number_kind": "number_kind",
}


def text_of(refusal: Refusal) -> str:
    """A refusal's message in the reader's language."""
    shown = {name: _shown(name, value) for name, value in refusal.params.items()}
    for name in refusal.amounts:
        shown[name] = _amount(refusal.params[name], str(refusal.params["currency"]))
    return gettext(refusal.message) % shown


_PAPERS = ("parties.licence_lapsed", "parties.certificate_lapsed", "parties.certificate_needed")


def remedy_of(refusal: Refusal) -> str:
    """The page on which a supplier mends what was refused: papers are handed in under “Our company”. "" if none."""
    return f"{path_to('supplier:our_company')}#papers" if refusal.code in _PAPERS else ""


def _amount(value: object, currency: str) -> str:
    return price_with_sign(value, currency) if isinstance(value, Decimal) else with_sign(str(value), currency)


def _shown(name: str, value: object) -> object:
    if isinstance(value, Mapping):
        return translate(value, get_language() or "en")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if name == "country":
        return country_name(str(value))
    if name == "region":
        return region_name("CN", str(value))
    if name == "category":
        return _category(str(value))
    if name == "rule":
        return gettext(RULE_WORDS.get(str(value), str(value)))
    table = _TABLES.get(name)
    if table == "payment" and str(value) not in WORDS[table]:
        table = "delivery"
    if name == "changed":
        return gettext(", ").join(dict.fromkeys(word("field", code) for code in str(value).split(", ")))
    if name == "known":
        return _list(str(value))
    return word(table, value) if table else value


def _category(path: str) -> str:
    """A category by its name, as the shelf shows it; what is none stays as it was said."""
    names = {each.path: each.name for each in catalog.categories()}
    return translate(names[path], get_language() or "en") if path in names else path


def _list(known: str) -> str:
    """Codes of a choice ("prepaid, bank_transfer") as words."""
    codes = known.split(", ")
    for table in ("payment", "tracking", "ticket", "outcome", "announcement", "voters", "results_shown", "coming"):
        if all(code in WORDS[table] for code in codes):
            return gettext(", ").join(word(table, code) for code in codes)
    return known
