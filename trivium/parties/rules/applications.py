"""Applications of companies that want to trade: what is asked of them, and how one goes on. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

import phonenumbers
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from trivium.core.errors import clean_text
from trivium.core.states import Machine
from trivium.parties.errors import BadIndustry, BadRegion, BadRole, BadSize, TooManyNamed, UnknownFact
from trivium.parties.rules.roles import Role, check_country, check_currency


class ApplicationStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_S = ApplicationStatus
APPLICATION = Machine(
    start=_S.DRAFT,
    final={_S.APPROVED, _S.REJECTED, _S.WITHDRAWN},
    moves={
        (_S.DRAFT, "submit"): _S.SUBMITTED,
        (_S.SUBMITTED, "ask"): _S.ASKED,
        (_S.ASKED, "answer"): _S.SUBMITTED,
        (_S.SUBMITTED, "approve"): _S.APPROVED,
        (_S.SUBMITTED, "reject"): _S.REJECTED,
        (_S.ASKED, "reject"): _S.REJECTED,
        (_S.DRAFT, "withdraw"): _S.WITHDRAWN,
        (_S.SUBMITTED, "withdraw"): _S.WITHDRAWN,
        (_S.ASKED, "withdraw"): _S.WITHDRAWN,
    },
)
OPEN = (_S.DRAFT, _S.SUBMITTED, _S.ASKED)
EDITABLE = (_S.DRAFT, _S.ASKED)
APPLIED_FOR = (Role.SUPPLIER, Role.PARTNER, Role.BUYER)

INDUSTRIES = tuple("ABCDEFGHIJKLMNOPQRST")
"""The sections of GB/T 4754-2017."""


class Size(StrEnum):
    """The four classes of the ministry's standard for small and medium enterprises."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class PaperKind(StrEnum):
    """What kind of paper is handed in."""

    BUSINESS_LICENCE = "business_licence"
    FOOD_LICENCE = "food_licence"
    PRODUCTION_LICENCE = "production_licence"
    QUALITY_CERTIFICATE = "quality_certificate"
    COMPULSORY_CERTIFICATE = "compulsory_certificate"
    BRAND_AUTHORISATION = "brand_authorisation"
    BANK_LETTER = "bank_letter"
    OTHER = "other"


class PaperStatus(StrEnum):
    FILED = "filed"  # with an application, or to be looked at
    IN_FORCE = "in_force"
    DECLINED = "declined"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"  # taken back by the company before anybody decided


MOST_PAPERS = 20


_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split()
)
_LIMITS = {
    "legal_name": 200, "name": 120, "number": 40, "address": 300, "contact_name": 120, "phone": 40, "email": 254,
    "bank_account": 40,
}  # fmt: skip
MOST_CATEGORIES, MOST_TERRITORIES = 40, 60
MOST_MONTHLY = 10**15


@dataclass(frozen=True, slots=True)
class Facts:
    """What a company says of itself. Empty is what has not been said yet.

    `region` and `territory` are six-digit codes (GB/T 2260), `industry` and `serves` sections of GB/T 4754,
    `expected_monthly` minor units of `currency`, `categories` codes of the catalog.
    """

    legal_name: str = ""
    name: str = ""
    country: str = "CN"
    number: str = ""
    currency: str = "CNY"
    region: str = ""
    address: str = ""
    industry: str = ""
    size: str = ""
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    bank_account: str = ""
    expected_monthly: int | None = None
    categories: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    serves: str = ""
    is_exclusive: bool = False


FACTS = tuple(field.name for field in fields(Facts))
PERSONAL = ("contact_name", "phone", "email", "bank_account")
"""What is kept where it can be erased, and in no record that cannot."""
LEAST = ("legal_name", "name", "country", "number", "contact_name", "phone", "email")
"""Without these nobody is admitted, whatever the screening rules say."""


def clean_facts(before: Facts, given: Mapping[str, Any]) -> Facts:
    """The facts with what was written anew, as they are kept: a draft may be incomplete, but not unreadable.

    Refuses: UnknownFact, TooLong, BadText, BadCountry, BadCurrency, BadRegion, BadIndustry, BadSize, TooManyNamed.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in FACTS:
            raise UnknownFact(fact=name[:40], field=name)
        found[name] = _clean(name, value, str(given.get("country") or before.country))
    after = replace(before, **found)
    if after.country == "CN" and after.region:
        check_region(after.region)
    for code in after.territory:
        check_region(code, field="territory")
    return after


def _clean(name: str, value: Any, country: str) -> Any:
    if name == "country":
        return check_country(str(value).strip().upper())
    if name == "currency":
        return check_currency(str(value).strip().upper())
    if name == "number":
        return compact_number(clean_text(str(value), limit=_LIMITS[name], field=name, required=False))
    if name == "phone":
        return as_international(clean_text(str(value), limit=_LIMITS[name], field=name, required=False), country)
    if name == "bank_account":
        text = clean_text(str(value), limit=_LIMITS[name], field=name, required=False)
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if name in ("industry", "serves"):
        return check_industry(str(value), field=name)
    if name == "size":
        return check_size(str(value))
    if name == "region":
        return clean_text(str(value), limit=6, field=name, required=False)
    if name == "expected_monthly":
        return None if value is None else max(0, min(int(value), MOST_MONTHLY))
    if name == "is_exclusive":
        return bool(value)
    if name in ("categories", "territory"):
        return _clean_list(name, value)
    return clean_text(str(value), limit=_LIMITS[name], field=name, required=False)


def _clean_list(name: str, value: Sequence[str]) -> tuple[str, ...]:
    most = MOST_CATEGORIES if name == "categories" else MOST_TERRITORIES
    found = tuple(dict.fromkeys(clean_text(str(each), limit=80, field=name) for each in value))
    if len(found) > most:
        raise TooManyNamed(most=most, field=name)
    return found


def check_industry(value: str, *, field: str = "industry") -> str:
    """A section of GB/T 4754, or none yet.

    Refuses: BadIndustry.
    """
    if value and value not in INDUSTRIES:
        raise BadIndustry(value=value[:20], field=field)
    return value


def check_size(value: str) -> str:
    """A class of size, or none yet.

    Refuses: BadSize.
    """
    if value and value not in set(Size):
        raise BadSize(value=value[:20], field="size")
    return value


def check_region(value: str, *, field: str = "region") -> str:
    """A six-digit code of a Chinese province, city or district.

    Refuses: BadRegion.
    """
    if not (len(value) == 6 and value.isascii() and value.isdigit() and value[:2] in _PROVINCES):
        raise BadRegion(value=value[:20], field=field)
    return value


def check_applied_for(role: str) -> str:
    """A role a company can apply for.

    Refuses: BadRole.
    """
    if role not in set(APPLIED_FOR):
        raise BadRole(role=role[:20], field="role")
    return role


# -- numbers, phones, names --------------------------------------------------------------------------------------------


def compact_number(text: str) -> str:
    """A company number as it is compared: capitals and digits without what people put between them."""
    return re.sub(r"[\s.\-/]", "", unicodedata.normalize("NFKC", text)).upper()


def is_real_number(number: str, country: str) -> bool | None:
    """Whether a company number is well formed with the right check digits; None where no rule is known.

    China: unified social credit code (GB 32100); elsewhere the country's VAT or business number.
    """
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        return None
    try:
        module.validate(number)
    except ValidationError:
        return False
    except Exception:  # noqa: BLE001 - some of its modules stumble over odd characters
        return False
    return True


def as_international(text: str, country: str) -> str:
    """A phone number as +8613800138000; what is none stays as it was typed."""
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", text), country)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_valid_number(parsed):
        return text
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_phone(text: str) -> bool:
    """Whether this is a phone number somebody can have."""
    try:
        return text.startswith("+") and bool(phonenumbers.is_valid_number(phonenumbers.parse(text)))
    except phonenumbers.NumberParseException:
        return False


def is_mail(text: str) -> bool:
    """Whether this has the shape of a mail address."""
    return re.fullmatch(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]+\.[^@\s.<>\"',;]{2,}", text) is not None


_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团|公司|总厂|工厂"
    r"|\b(co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc|gmbh|ag|sa|bv|group|holding|holdings)\b)"
)
_REGION_WORDS = re.compile(r"[省市县区镇乡街道路号楼室]")


def plain_name(text: str) -> str:
    """A company's name without its legal form, spaces and signs: what is left to compare."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    bare = _FORMS.sub("", re.sub(r"[^\w\s]", " ", lowered))
    return re.sub(r"[\s_]", "", bare) or re.sub(r"[\W_]", "", lowered)


def plain_address(text: str) -> str:
    """An address without spaces, signs and the words every address has."""
    return _REGION_WORDS.sub("", re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).casefold()))


def likeness(one: str, other: str) -> int:
    """How alike two texts are, in percent: by the pairs of neighbouring characters they share (Dice)."""
    if one == other:
        return 100 if one else 0
    ours, theirs = _pairs(one), _pairs(other)
    if not ours or not theirs:
        return 0
    rest, shared = list(theirs), 0
    for pair in ours:
        if pair in rest:
            rest.remove(pair)
            shared += 1
    return 200 * shared // (len(ours) + len(theirs))


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def overlaps(one: str, other: str) -> bool:
    """Whether two regions share ground: the same, or one within the other; "" is the whole country."""
    short, long = sorted((_bare(one), _bare(other)), key=len)
    return long.startswith(short)


def _bare(region: str) -> str:
    """A region's code without the zeros that say it is a whole province or city: 440000 is 44, 440300 is 4403."""
    return region[:2] if region[2:] == "0000" else region[:4] if region[4:] == "00" else region
