"""Words: every message is translated, with the same places to fill in."""

import ast
import re

import pytest
from babel.messages.catalog import Message
from django.utils import translation

from tests.architecture import house
from tools import compile_catalogues, extract_messages

PLACE = re.compile(r"%\((\w+)\)[sd]")


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.fixture(scope="module", params=extract_messages.LANGUAGES)
def translated(request) -> list[Message]:
    path = extract_messages.LOCALE / request.param / "LC_MESSAGES" / "django.po"
    return [message for message in extract_messages.read(path, request.param) if message.id]


def test_every_message_is_translated(translated):
    known = {extract_messages.identity(message): message for message in translated}
    wanted = [extract_messages.identity(each) for each in extract_messages.source_catalogue() if each.id]
    missing = [each for each in wanted if each not in known or not all(texts(known[each].string))]
    assert missing == [], "run python -m tools.extract_messages, then fill in what is empty"


def test_no_message_hides_in_an_f_string():
    """The extraction reads tokens, and Python 3.11 has none inside an f-string."""
    found = [
        f"{path}:{call.lineno}"
        for path, tree in house.sources(house.PACKAGE)
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and "gettext" in call.func.id
    ]
    assert found == []


def test_no_translation_is_a_guess(translated):
    assert [message.id for message in translated if message.fuzzy] == []


def test_translations_fill_in_the_same_places(translated):
    differing = [
        message.id
        for message in translated
        for text in filter(None, texts(message.string))
        if set(PLACE.findall(text)) - {"count"} != set(PLACE.findall(texts(message.id)[-1])) - {"count"}
    ]
    assert differing == []


def test_django_reads_what_was_compiled():
    compile_catalogues.main()
    with translation.override("zh-hans"):
        assert translation.gettext("Something has to be written here.") == "此处必须填写内容。"
