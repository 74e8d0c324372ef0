"""Agreements: what companies sign with the operator, in which version, for how long, and by which fingerprint. Pure."""

import datetime as dt
import hashlib
import ipaddress
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from trivium.core.errors import clean_text
from trivium.core.time import business_day, day_starts
from trivium.parties.errors import BadAgreementRole, BadPeriod, BindsTooSoon, LacksWords, OldEndsTooSoon

BOUND = ("supplier", "partner", "buyer")
TONGUES = ("en", "zh-hans")
HEADLINE, ARTICLES = 120, 40_000
LONGEST_DAYS = 3660
LEAST_NOTICE = dt.timedelta(hours=1)
"""No act lasts as long: whatever sees that a version binds, sees the version."""
CHANGE_NOTICE_DAYS = 7
"""For how long a change is shown before it binds, 《电子商务法》 34."""
RENEWED_WITHIN = dt.timedelta(days=60)
"""How long before it lapses a signature may be given anew; of a short one the second half."""
REMINDED_AT = (60, 30, 7)
"""How many days before a company would have to sign it is reminded, once each."""

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a version binds: whether acts need a signature, from when; how many days one is valid (None: for good); and
    from when on those under earlier versions count no more (None: they go on counting)."""

    is_required: bool
    binds_from: dt.datetime
    valid_days: int | None
    replaces_at: dt.datetime | None


def check_bound(role: str) -> str:
    """Whether companies in this role sign agreements.

    Refuses: BadAgreementRole.
    """
    if role not in BOUND:
        raise BadAgreementRole(role=role[:20], field="role")
    return role


def clean_articles(words: Words, *, limit: int, field: str) -> dict[str, str]:
    """The words in every language of the portals, as they are hashed: composed characters, plain line ends.

    Refuses: LacksWords, TooLong, BadText.
    """
    found = {}
    for language in TONGUES:
        place = f"{field}.{language}"
        text = clean_text(words.get(language, ""), limit=limit, field=place, required=False)
        lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        found[language] = "\n".join(line.rstrip() for line in lines)
        if not found[language]:
            raise LacksWords(field=place)
    return found


def canonical(title: Words, text: Words, language: str) -> str:
    """What is signed in a language, to the letter: the title, an empty line, the text."""
    return f"{title[language]}\n\n{text[language]}"


def fingerprint(words: str) -> str:
    """SHA-256 of words in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(words.encode()).hexdigest()


def fingerprints(title: Words, text: Words) -> dict[str, str]:
    """The fingerprint in each language."""
    return {language: fingerprint(canonical(title, text, language)) for language in TONGUES}


def joined(of_each: Mapping[str, str]) -> str:
    """The fingerprint of all languages together: that of their fingerprints, a line each, in the order of TONGUES."""
    return fingerprint("\n".join(of_each[language] for language in TONGUES))


def clean_terms_of(
    *,
    is_first: bool,
    is_required: bool,
    binds_on: dt.date,
    valid_days: int | None,
    old_until: dt.date | None,
    asks_anew: bool,
    at: dt.datetime,
) -> Terms:
    """How a version that is published at a moment binds. Dates begin where the business is.

    Refuses: BindsTooSoon, BadPeriod, OldEndsTooSoon.
    """
    earliest = earliest_day(at, is_first=is_first)
    if binds_on < earliest:
        raise BindsTooSoon(day=earliest.isoformat(), field="binds_on")
    if valid_days is not None and not 1 <= valid_days <= LONGEST_DAYS:
        raise BadPeriod(most=LONGEST_DAYS, field="valid_days")
    if asks_anew and old_until is not None and old_until < binds_on:
        raise OldEndsTooSoon(field="old_until")
    binds_from = day_starts(binds_on)
    replaces_at = day_starts(old_until or binds_on) if asks_anew or is_first else None
    return Terms(is_required, binds_from, valid_days, replaces_at)


def earliest_day(at: dt.datetime, *, is_first: bool) -> dt.date:
    """The first day on which a version published at a moment can bind."""
    if not is_first:
        return business_day(at) + dt.timedelta(days=CHANGE_NOTICE_DAYS)
    return business_day(at + LEAST_NOTICE) + dt.timedelta(days=1)


def can_be_renewed(signed_at: dt.datetime, valid_until: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether the signature on a version is near enough to its end, or past it, to be given anew."""
    if valid_until is None:
        return False
    return at >= valid_until - min(RENEWED_WITHIN, (valid_until - signed_at) / 2)


def mask_address(address: str) -> str:
    """A network address without the part that names a single line: enough to tell networks apart, and no person."""
    try:
        found = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return ""
    least = 24 if found.version == 4 else 48
    return str(found.supernet(new_prefix=least) if found.prefixlen > least else found)
