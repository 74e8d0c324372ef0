"""What is not translated yet: words of the pages and words of goods. Until they are, another language stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

SOURCE = "en"  # the pages are written in it, so it lacks nothing


@dataclass(frozen=True, slots=True)
class Missing:
    """A text of the pages that a language has no words for, and where it stands."""

    text: str
    place: str
    language: str


@page
def languages(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Texts of the pages without a translation, by language."""
    sorts = {"text": lambda row: row.text.casefold(), "place": lambda row: row.place}

    def fetch(wanted: Wanted) -> Found:
        code = wanted.filters.get("language")
        rows = [row for row in missing_in(Path(settings.LOCALE_PATHS[0])) if code in (None, row.language)]
        return among(rows, wanted, sorts, lambda row: f"{row.text} {row.place}")

    listing = Listing(
        "languages",
        gettext("Languages"),
        [
            Column("text", gettext("Text"), lambda row: Cell(row.text), sort="text", is_kept=True),
            Column("language", gettext("Missing in"), lambda row: Cell(words.language(row.language)), is_kept=True),
            Column("place", gettext("Where it stands"), lambda row: Cell(row.place), "number", "place"),
        ],
        fetch,
        Empty(gettext("Every text is translated."),
              gettext("A language is added by its file; what the file does not say yet stands here and is shown in "
                      "English.")),
        (_by_language(),),
        gettext("Text or place"),
        icon="language",
        context={"tabs": _tabs("languages")},
    )  # fmt: skip
    return show_list(request, listing)


@page
def lacking_words(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Names and descriptions of goods that lack a language."""
    codes = [code for code, _name in settings.LANGUAGES]
    what = {"name": gettext("Name"), "description": gettext("Description")}
    listing = Listing(
        "lacking_words",
        gettext("Words of goods"),
        [
            Column("name", gettext("Goods"), lambda row: Cell(translate(row.name, get_language() or SOURCE)),
                   is_kept=True),
            Column("supplier", gettext("Supplier"), lambda row: Cell(row.supplier)),
            Column("what", gettext("What is missing"), lambda row: Cell(what[row.what])),
            Column("language", gettext("Missing in"), lambda row: Cell(words.language(row.language)), is_kept=True),
        ],
        lambda wanted: catalog.lacking_words(request.actor, wanted, codes),
        Empty(gettext("All goods have their words in every language."),
              gettext("Where a supplier has not written a language, buyers read the one there is.")),
        (_by_language(every=True), Filter("what", gettext("What is missing"), list(what.items()))),
        gettext("Goods or supplier"),
        icon="language",
        context={"tabs": _tabs("lacking_words")},
    )  # fmt: skip
    return show_list(request, listing)


def _tabs(here: str) -> list[tuple[str, str, bool]]:
    places = {"languages": gettext("Texts of the pages"), "lacking_words": gettext("Words of goods")}
    return [(said, reverse(f"operator:{name}"), name == here) for name, said in places.items()]


def _by_language(*, every: bool = False) -> Filter:
    choices = [(code, words.language(code)) for code, _own in settings.LANGUAGES if every or code != SOURCE]
    return Filter("language", gettext("Language"), choices)


# -- what the files say ----------------------------------------------------------------------------------------------


def missing_in(folder: Path) -> Sequence[Missing]:
    """Every text that some file knows and another has no translation for."""
    files = sorted(folder.glob("*/LC_MESSAGES/django.po"))
    return _missing(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _missing(files: tuple[tuple[Path, int], ...]) -> Sequence[Missing]:
    told: dict[str, dict[str, bool]] = {}
    places: dict[str, str] = {}
    for path, _changed in files:
        code = path.parent.parent.name.replace("_", "-").lower()
        with path.open("rb") as file:
            messages = [each for each in read_po(file) if each.id]
        told[code] = {_text(each): _is_translated(each) for each in messages}
        for each in messages:
            places.setdefault(_text(each), ", ".join(sorted({place for place, _line in each.locations}))[:200])
    return [Missing(text, places[text], code) for code, known in told.items() for text in places if not known.get(text)]


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _is_translated(message: Message) -> bool:
    given = message.string
    return all(given) if isinstance(given, (tuple, list)) else bool(given)
