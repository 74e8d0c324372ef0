"""What a person is asked for, and how long what is held on a person is kept, by jurisdiction: pure data."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trivium.core.i18n import gettext_noop as _
from trivium.parties.errors import NotAgreed, OtherWords


class Jurisdiction(StrEnum):
    """Under which law a person's data is kept: that of the countries of the companies they work in."""

    PIPL = "pipl"
    GDPR = "gdpr"
    OTHER = "other"


_GDPR = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK GB".split()
)


def jurisdiction_of(countries: Sequence[str]) -> Jurisdiction:
    """The law for a person at work in these countries: where several hold, the one that keeps the shortest."""
    if any(country in _GDPR for country in countries):
        return Jurisdiction.GDPR
    return Jurisdiction.PIPL if "CN" in countries else Jurisdiction.OTHER


@dataclass(frozen=True, slots=True)
class Purpose:
    """Something a person may agree to, in a version: other words are another version, agreed to anew."""

    code: str
    version: int
    words: str
    help: str
    law: str


PURPOSES: tuple[Purpose, ...] = (
    Purpose("processing", 1, _("Processing of my name, mail address and phone for trade"),
            _("So that colleagues and trading partners know who confirmed, signed and shipped."),
            "PIPL 13(1) · GDPR 6(1)(a)"),
    Purpose("cross_border", 1, _("Transfer of my contact data to trading partners abroad"),
            _("Where an order crosses a border, partners abroad read who confirmed or signed it."),
            "PIPL 39 · GDPR 49(1)(a)"),
    Purpose("news", 1, _("News about the platform by mail"),
            _("Nothing an order needs; it can be taken back at any time."), "PIPL 16 · GDPR 7(3)"),
)  # fmt: skip
BY_CODE = {purpose.code: purpose for purpose in PURPOSES}
NEEDED = frozenset({"processing"})
"""What nobody can have a sign-in without; everything else is agreed to freely, each purpose by itself."""
NOTICE = " ".join(f"{purpose.code}:{purpose.version}" for purpose in PURPOSES)
"""Which words a privacy notice shows: every purpose with its version."""


def check_agreed(purposes: Collection[str], *, notice: str) -> None:
    """Whether somebody may sign up who has agreed to these purposes, having had this notice before them.

    Refuses: OtherWords, NotAgreed.
    """
    if notice != NOTICE:
        raise OtherWords(field="notice")
    if not set(purposes) >= NEEDED:
        raise NotAgreed(field="agrees_processing")


class Kept(StrEnum):
    """What is held on a person, as far as it is kept for different times."""

    LEFT = "left"
    SESSIONS = "sessions"
    ANSWERS = "answers"
    ADDRESSES = "addresses"
    CONSENTS = "consents"
    CONTRACTS = "contracts"
    BOOKS = "books"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days something is kept under a law, and what happens then: swept by night, or kept by that law."""

    kept: Kept
    jurisdiction: Jurisdiction
    days: int
    law: str
    is_swept: bool = True


_P, _G, _O = Jurisdiction.PIPL, Jurisdiction.GDPR, Jurisdiction.OTHER
RETENTION: tuple[Rule, ...] = (
    Rule(Kept.LEFT, _P, 1095, "PIPL 19, 47"),
    Rule(Kept.LEFT, _G, 365, "GDPR 5(1)(e), 17"),
    Rule(Kept.LEFT, _O, 730, ""),
    *(Rule(Kept.SESSIONS, each, 0, "PIPL 6 · GDPR 5(1)(c)") for each in Jurisdiction),
    *(Rule(Kept.ANSWERS, each, 30, "PIPL 6 · GDPR 5(1)(c)") for each in Jurisdiction),
    Rule(Kept.ADDRESSES, _P, 1095, "PIPL 19 · 《电子商务法》31"),
    Rule(Kept.ADDRESSES, _G, 1095, "GDPR 5(1)(e)"),
    Rule(Kept.ADDRESSES, _O, 1095, ""),
    Rule(Kept.CONSENTS, _P, 1095, "PIPL 55, 56"),
    Rule(Kept.CONSENTS, _G, 1095, "GDPR 7(1)"),
    Rule(Kept.CONSENTS, _O, 1095, ""),
    Rule(Kept.CONTRACTS, _P, 1095, "《电子商务法》31", is_swept=False),
    Rule(Kept.CONTRACTS, _G, 2190, "GDPR 17(3)(b)", is_swept=False),
    Rule(Kept.CONTRACTS, _O, 2190, "", is_swept=False),
    Rule(Kept.BOOKS, _P, 10950, "《会计档案管理办法》14", is_swept=False),
    Rule(Kept.BOOKS, _G, 3650, "GDPR 17(3)(b)", is_swept=False),
    Rule(Kept.BOOKS, _O, 3650, "", is_swept=False),
)
"""Days after the last place in a company has ended (left), the session or the consent has; after the trade (addresses,
books)."""


def days_kept(kept: Kept, jurisdiction: Jurisdiction) -> int:
    """For how many days something is kept under a law."""
    return next(rule.days for rule in RETENTION if (rule.kept, rule.jurisdiction) == (kept, jurisdiction))


def pseudonym(ref: str) -> str:
    """What stands in place of the name of somebody who was erased: the same wherever they acted."""
    return f"# {ref[-6:].upper()}"
