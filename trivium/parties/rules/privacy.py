"""What a person is asked for, and how long what is held on a person is kept, by jurisdiction: pure data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trivium.core.i18n import gettext_noop as _
from trivium.parties.errors import NotAgreed, OtherWords, TermOutOfBounds


class Jurisdiction(StrEnum):
    """Under which law a person's data is kept: that of the countries of the companies they work in."""

    PIPL = "pipl"
    GDPR = "gdpr"
    OTHER = "other"


_GDPR = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK GB".split()
)


def jurisdiction_of(countries: Sequence[str]) -> Jurisdiction:
    """The law for a person at work in these countries: where several hold, the strictest."""
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
    VISITORS = "visitors"
    CONTRACTS = "contracts"
    BOOKS = "books"


BY_LAW = frozenset({Kept.CONTRACTS, Kept.BOOKS})
"""What no night sweeps: the law wants it kept."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days something is kept under a law, as it stands in one of its versions, and for which reason."""

    kept: Kept
    jurisdiction: Jurisdiction
    days: int
    law: str
    version: int = 1

    @property
    def code(self) -> str:
        """Which rule it is in all its versions: what is kept, and under which law."""
        return f"{self.kept}-{self.jurisdiction}"

    @property
    def is_swept(self) -> bool:
        """Whether it is gone by night once its time is over."""
        return self.kept not in BY_LAW

    @property
    def least(self) -> int:
        """The fewest days it may be kept: what a law asks for, else one."""
        return bounds(self.kept, self.jurisdiction)[0]

    @property
    def most(self) -> int:
        """The most days it may be kept."""
        return bounds(self.kept, self.jurisdiction)[1]


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
    *(Rule(Kept.VISITORS, each, 180, "PIPL 6, 19 · GDPR 5(1)(e)") for each in Jurisdiction),
    Rule(Kept.CONTRACTS, _P, 1095, "《电子商务法》31"),
    Rule(Kept.CONTRACTS, _G, 2190, "GDPR 17(3)(b)"),
    Rule(Kept.CONTRACTS, _O, 2190, ""),
    Rule(Kept.BOOKS, _P, 10950, "《会计档案管理办法》14"),
    Rule(Kept.BOOKS, _G, 3650, "GDPR 17(3)(b)"),
    Rule(Kept.BOOKS, _O, 3650, ""),
)
"""As Trivium brings them, version 1 of each; which hold are the newest rows (`queries.retention_rules`). Days after the
last place in a company has ended (left), the session or the consent has; after the trade (addresses, books), or after
a visitor's feedback was closed."""
RETENTION_CODES = tuple(rule.code for rule in RETENTION)
LEAST: Mapping[tuple[Kept, Jurisdiction], int] = {
    (Kept.ADDRESSES, _P): 1095,  # E-Commerce Law 31: three years after the trade
    (Kept.CONSENTS, _P): 1095,  # PIPL 56: records of handling, three years
    (Kept.CONTRACTS, _P): 1095,
    (Kept.CONTRACTS, _G): 2190,  # commercial letters: six years in the states that ask for the most
    (Kept.CONTRACTS, _O): 2190,
    (Kept.BOOKS, _P): 10950,  # Measures for Accounting Archives: vouchers and books, thirty years
    (Kept.BOOKS, _G): 3650,  # books and invoices: ten years in the states that ask for the most
    (Kept.BOOKS, _O): 3650,
}
"""What a law asks to be kept at least, in days; no operator goes below it."""
LONGEST_TERM = 36_500
SHORTEST_OF_VISITORS = 15  # as long as closed feedback can be opened again, its answer needs an address


def bounds(kept: Kept, jurisdiction: Jurisdiction) -> tuple[int, int]:
    """Between how many days an operator may choose. A session that has run out proves nothing and goes at once."""
    if kept == Kept.SESSIONS:
        return 0, 0
    if kept == Kept.VISITORS:
        return SHORTEST_OF_VISITORS, LONGEST_TERM
    most = 30 if kept == Kept.ANSWERS else LONGEST_TERM  # after thirty nobody repeats a request (core.jobs)
    return LEAST.get((kept, jurisdiction), 1), most


def check_term(rule: Rule, days: int) -> int:
    """Whether something may be kept for so many days.

    Refuses: TermOutOfBounds.
    """
    if not rule.least <= days <= rule.most:
        raise TermOutOfBounds(least=rule.least, most=rule.most, field="days")
    return days


def standing_terms(newest: Mapping[str, Rule]) -> list[Rule]:
    """The rules in force: those given, and of the others what Trivium brings."""
    return [newest.get(rule.code, rule) for rule in RETENTION]


def days_kept(rules: Sequence[Rule], kept: Kept) -> dict[Jurisdiction, int]:
    """For how many days something is kept, by law."""
    return {rule.jurisdiction: rule.days for rule in rules if rule.kept == kept}


def pseudonym(ref: str) -> str:
    """What stands in place of the name of somebody who was erased: the same wherever they acted."""
    return f"# {ref[-6:].upper()}"
