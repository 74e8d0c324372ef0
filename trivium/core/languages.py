"""Which languages the pages speak: English, and each that has a file under a folder of translations.

A language is added by its file alone: <folder>/de/LC_MESSAGES/django.po, compiled to django.mo beside it. What the
file does not say is shown in English; the operator's portal lists it.
"""

from pathlib import Path

from django.conf.locale import LANG_INFO

SOURCE = ("en", "English")


def languages_in(folder: Path) -> list[tuple[str, str]]:
    """(code, own name) of English and of every language that has a file in a folder."""
    codes = sorted({code_of(path.parent.parent.name) for path in folder.glob("*/LC_MESSAGES/django.[mp]o")})
    return [SOURCE, *((code, name_of(code)) for code in codes if code != SOURCE[0])]


def code_of(name: str) -> str:
    """The code of a language whose folder has this name: zh_Hans is zh-hans."""
    return name.replace("_", "-").lower()


def name_of(code: str) -> str:
    """What a language calls itself; its code where nobody knows."""
    return str(LANG_INFO.get(code, {}).get("name_local", code))
