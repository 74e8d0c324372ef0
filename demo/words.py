"""Our own word tables, in Chinese and English: goods by their kinds and packs, companies, places and people."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "words"
GRAMS = {"g": 1, "kg": 1000, "mL": 1, "L": 1000, "#": 12}


@dataclass(frozen=True, slots=True)
class Word:
    """One thing in both languages."""

    en: str
    zh: str

    @property
    def both(self) -> dict[str, str]:
        """As the catalog keeps words."""
        return {"en": self.en, "zh-hans": self.zh}


@dataclass(frozen=True, slots=True)
class Pack:
    """What is in a carton, what it weighs, and what it usually costs (yuan)."""

    words: Word
    grams: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Variety:
    """One of a kind of goods; `dearness` is its price beside the usual one."""

    words: Word
    dearness: Decimal


@dataclass(frozen=True, slots=True)
class Good:
    """A kind of goods: its range, the words of the purchases that mean it, its packs and its varieties."""

    range: str
    means: tuple[str, ...]
    packs: tuple[Pack, ...]
    varieties: tuple[Variety, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A category of the catalog; `parent` is empty at the top."""

    code: str
    parent: str
    words: Word


@dataclass(frozen=True, slots=True)
class City:
    """A place with some of its roads."""

    code: str
    words: Word
    roads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """What a company does, and where companies of that trade sit."""

    code: str
    words: Word
    places: tuple[str, ...]


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of a table by their column names; an empty cell at the end may be left out."""
    with (TABLES / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")


@cache
def ranges() -> tuple[Range, ...]:
    """The categories, parents before their children."""
    return tuple(Range(row["code"], row["parent"], Word(row["en"], row["zh"])) for row in rows("ranges"))


@cache
def goods() -> tuple[Good, ...]:
    """All kinds of goods."""
    return tuple(
        Good(
            row["range"],
            _parts(row["data"]),
            tuple(_pack(pack, row["piece"], row["count"]) for pack in _parts(row["packs"])),
            tuple(_variety(name) for name in _parts(row["names"])),
        )
        for row in rows("goods")
    )


@cache
def cities() -> dict[str, City]:
    """Places by their code (GB/T 2260)."""
    return {
        row["code"]: City(row["code"], Word(row["en"], row["zh"]), _parts(row["districts"])) for row in rows("cities")
    }


@cache
def trades(role: str) -> dict[str, Trade]:
    """What companies of a role do, by code."""
    return {
        row["code"]: Trade(row["code"], Word(row["en"], row["zh"]), tuple(row["places"].split()))
        for row in rows("trades")
        if row["of"] == role
    }


@cache
def pieces(table: str, column: str, value: str) -> tuple[Word, ...]:
    """The words of a table whose `column` says `value`."""
    return tuple(Word(row["en"], row["zh"]) for row in rows(table) if row[column] == value)


def company_names() -> tuple[Word, ...]:
    """All names the syllables give, each once in either language, in the order of the tables."""
    found: dict[str, Word] = {}
    for last in pieces("syllables", "place", "last"):
        for first in pieces("syllables", "place", "first"):
            if first.zh != last.zh:
                found.setdefault(first.en + last.en, Word(first.en + last.en, first.zh + last.zh))
    return tuple(found.values())


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


def _variety(text: str) -> Variety:
    """Read "Whole Milk=全脂纯牛奶@1.2": the names, and what it costs beside its like, if not the same."""
    names, _, dearness = text.partition("@")
    return Variety(Word(*names.split("=")), Decimal(dearness or 1))


def _pack(text: str, piece: str, count: str) -> Pack:
    """Read "500 g×24瓶=128": the size of one, how many in a carton, what they come in, the carton's price."""
    size, held, price = text.replace("=", "×").split("×")
    number = held.rstrip(held.lstrip("0123456789"))
    count = held[len(number):] or count
    amount, unit = size.split(" ")
    en, zh = (unit, unit) if unit != "#" else piece.split("/")
    one = Word(f"{amount} {en}", f"{amount} {zh}")
    words = one if number == "1" else Word(f"{one.en} × {number}", f"{one.zh} × {number} {count}")
    grams = Decimal(amount) * GRAMS[unit] * int(number)
    return Pack(words, int(grams * Decimal("1.05")), Decimal(price))
