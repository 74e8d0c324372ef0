"""Bring trivium/locale/*/LC_MESSAGES/django.po in line with the messages in the source.

    python -m tools.extract_messages          add new messages untranslated, drop those no longer used
    python -m tools.extract_messages --check  only say what would change; exit 1 if anything would

Needs no system gettext: Python is read by Babel, templates by Jinja's own extraction.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "trivium"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("zh_Hans",)
"""Those that are complete in every commit. Others may lack texts: English stands in, and the operator sees which."""

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}

TEMPLATES = Environment(extensions=["jinja2.ext.i18n"])
TEMPLATES.newstyle_gettext = True  # as the pages' own environment: a percent sign stands twice in a message


def messages_of(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(function, arguments) of every message marked in one source file."""
    if path.suffix == ".py":
        wanted = SINGULAR | PLURAL | CONTEXT
        for _, function, texts, _ in extract_python(io.BytesIO(path.read_bytes()), wanted, (), {}):
            given = (texts,) if isinstance(texts, str) else texts or ()
            yield function, tuple(text for text in given if isinstance(text, str))
        return
    for _, function, texts in TEMPLATES.extract_translations(path.read_text()):
        given = (texts,) if isinstance(texts, str) else texts
        yield function, tuple(text for text in given if isinstance(text, str))


def source_catalogue() -> Catalog:
    """Every message of the product, with the files it stands in, in a stable order."""
    catalogue = Catalog()
    templates = [path for kind in ("html", "txt") for path in PACKAGE.rglob(f"templates/**/*.{kind}")]
    for path in sorted([*PACKAGE.rglob("*.py"), *templates]):
        if {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts):
            continue
        for function, texts in messages_of(path):
            place = [(str(path.relative_to(ROOT)), 0)]
            if function in CONTEXT and len(texts) == 2:
                catalogue.add(texts[1], context=texts[0], locations=place)
            elif function in PLURAL and len(texts) == 2:
                catalogue.add(texts, locations=place)
            elif texts and texts[0]:
                catalogue.add(texts[0], locations=place)
    return catalogue


def read(path: Path, language: str) -> Catalog:
    """The translations as they are; none yet is an empty catalogue."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def identity(message: Message) -> tuple[str, str | None]:
    """What makes a message the same message."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def renewed(source: Catalog, translated: Catalog, language: str) -> Catalog:
    """The source's messages with the translations there are."""
    catalogue = Catalog(locale=language)
    known = {identity(message): message for message in translated if message.id}
    for message in sorted((each for each in source if each.id), key=identity):
        old = known.get(identity(message))
        text = old.string if old and isinstance(old.id, str) == isinstance(message.id, str) else None
        places = sorted(set(message.locations))
        catalogue.add(message.id, text or "", context=message.context, locations=places)
    return catalogue


def as_text(catalogue: Catalog) -> bytes:
    """The .po file: no dates and no line numbers, so that it changes only when a message does."""
    written = io.BytesIO()
    write_po(written, catalogue, width=0, include_lineno=False, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return header.encode() + written.getvalue().lstrip()


def main(arguments: list[str]) -> int:
    """Renew or check the catalogue of each language."""
    source = source_catalogue()
    stale = False
    for language in sorted({*LANGUAGES, *(path.name for path in LOCALE.iterdir() if path.is_dir())}):
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalogue = renewed(source, read(path, language), language)
        text = as_text(catalogue)
        changed = not path.exists() or path.read_bytes() != text
        missing = [each for each in catalogue if each.id and not _is_translated(each)]
        state = "changed" if changed else "in line"
        print(f"{language}: {len(catalogue)} messages, {len(missing)} untranslated, {state}")
        for each in missing:
            print(f"  untranslated: {identity(each)[0]!r}")
        stale |= changed
        if changed and "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    return int(stale and "--check" in arguments)


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
