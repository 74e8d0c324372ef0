"""What the operator writes for everybody: words by language."""

from collections.abc import Collection, Mapping

from trivium.core.errors import Empty, clean_text
from trivium.parties.errors import BadLanguage


def check_words(words: Mapping[str, str], languages: Collection[str], *, limit: int, field: str) -> dict[str, str]:
    """Words by language, trimmed; languages without any are left out, one has to have some.

    Refuses: BadLanguage (none of the platform's), Empty, TooLong, BadText.
    """
    found = {}
    for language, text in words.items():
        if language not in languages:
            raise BadLanguage(language=language[:20], field=field)
        if cleaned := clean_text(text, limit=limit, field=field, required=False):
            found[language] = cleaned
    if not found:
        raise Empty(field=field)
    return found
