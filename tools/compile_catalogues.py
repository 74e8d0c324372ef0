"""Compile every django.po under trivium/locale to the django.mo that Django reads; needs no system gettext."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "trivium" / "locale"


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po unless it is newer; True if it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    made = target.with_suffix(".mo.new")
    with made.open("wb") as file:
        write_mo(file, catalogue)
    made.replace(target)
    return True


def main() -> None:
    """Compile what has changed."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        if compile_catalogue(source):
            print(f"compiled {source.relative_to(LOCALE.parent.parent)}")


if __name__ == "__main__":
    sys.exit(main())
