"""Documents on paper: what people wrote is text and nothing else, and nothing is drawn that no font has."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from trivium.core import documents
from trivium.core.tests.drawn import pages_of_pdf, text_of_pdf

ONE = """#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "en", font: ("Noto Sans CJK SC", "DejaVu Sans", "Libertinus Serif"))
#table(columns: (1fr, auto), table.header([*A*], [*B*]), ..data.rows.map(row => row.map(cell => text(cell))).flatten())
#text(data.lost)
"""
FONTLESS = "no Chinese font here (on Debian: fonts-noto-cjk)"
needs_cjk = pytest.mark.skipif(not documents.has_cjk(), reason=FONTLESS)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("templates") / "one.typ"
    path.write_text(ONE)
    return path


def drawn(template: Path, *cells: str, **more: Any) -> bytes:
    rows = [[cell, "x"] for cell in cells]
    return documents.draw(template, {"title": "T", "rows": rows, "lost": "LOST", **more})


@pytest.mark.parametrize("text", [
    '#import "@preview/cetz:0.3.0"', '#read("/etc/passwd")', "*b* _i_ `c` $x^2$ <label> @ref", '"quoted" \\ back',
    "// no comment /* none */", "= Head", "#(", "]", "[", "#panic()", "https://example.test", "a\\u{41}", "~ -- ---",
])  # fmt: skip
def test_what_people_write_is_no_markup(template: Path, text: str) -> None:
    squeezed = re.sub(r"\s", "", text_of_pdf(drawn(template, text)))
    assert re.sub(r"\s", "", text) in squeezed


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_every_text_is_drawn_or_marked(template: Path, text: str) -> None:
    """Whatever stands in it, a document comes of it; surrogates never reach a document (core.errors.clean_text)."""
    if documents.has_cjk() or not documents._CJK.search(text):
        assert drawn(template, text)[:5] == b"%PDF-"


def test_ten_thousand_letters_without_a_space_break_over_lines_and_pages(template: Path) -> None:
    text = "abcdefghij" * 1000
    pages = pages_of_pdf(drawn(template, text))
    assert len(pages) > 1
    assert re.sub(r"\s", "", "".join(pages)).count("abcdefghij") >= 990  # page breaks fall between letters


@needs_cjk
def test_letters_no_font_has_are_marked_and_said_so(template: Path) -> None:
    text = text_of_pdf(drawn(template, "采购 \U0001f98a\u0e01 台灯"))
    assert "采购" in text and "台灯" in text and documents.LOST in text and "LOST" in text
    assert "LOST" not in text_of_pdf(drawn(template, "采购 台灯 – “50 %” ¥1,234.50"))


@needs_cjk
def test_many_letters_no_font_has_do_not_take_long(template: Path) -> None:
    chance = random.Random(5)
    odd = "".join(chr(chance.randrange(0x10000, 0x1FFFF)) for _ in range(5000))
    assert documents.LOST in text_of_pdf(drawn(template, odd))


def test_direction_and_marks_that_combine(template: Path) -> None:
    assert drawn(template, "שלום", "مرحبا 12", "e\u0301 n\u0303", "👩‍👩‍👧‍👦", "\u202eright to left", "\ufeff\u200d")


def test_controls_are_spaces(template: Path) -> None:
    assert "a b" in text_of_pdf(drawn(template, "a\x01b"))


def test_without_a_chinese_font_chinese_is_refused_and_english_drawn(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(documents, "_fonts", lambda: bare)
    documents.has_cjk.cache_clear()
    try:
        with pytest.raises(documents.NoFont):
            drawn(template, "采购")
        text = text_of_pdf(drawn(template, "Desk lamp ¥5.00 \U0001f98a"))
        assert "Desk lamp" in text and documents.LOST_WITHOUT_CJK in text
    finally:
        documents.has_cjk.cache_clear()


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "templates"
    folder.mkdir()
    for place in ("/etc/hostname", "../secret.txt", str(tmp_path / "secret.txt")):
        path = folder / "reads.typ"
        path.write_text(f'#read("{place}")')
        with pytest.raises(typst.TypstError):
            documents.compiled(path, {})


def test_a_bug_in_a_template_is_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "broken.typ"
    path.write_text("#nothing")
    with pytest.raises(typst.TypstError, match="unknown variable"):
        documents.draw(path, {"lost": ""})
