"""Drawn pictures: the same goods look the same to everybody, and every drawing has its shapes."""

import re
from pathlib import Path

import pytest

from trivium.web.shared import drawing, pictures
from trivium.web.shared.drawing import HUES, draw

TOOLS = Path(__file__).resolve().parents[3] / "tools"
SHAPES = set(re.findall(r'<symbol id="([\w-]+)"', (TOOLS / "packs.svg").read_text()))
GLYPHS = {line.split()[0] for line in (TOOLS / "glyphs.txt").read_text().splitlines() if line[:1] not in ("", "#")}


def look(en: str, zh: str, category: str, unit: str = "carton", language: str = "en"):
    return draw({"en": en, "zh-hans": zh}, category, unit, language)


@pytest.mark.parametrize(
    ("en", "zh", "category", "unit", "shape", "glyph", "hue"),
    [
        ("Orange Juice 300 mL × 24", "橙汁 300 mL × 24 瓶", "drinks/juice", "carton", "bottle", "juice", "orange"),
        ("Whole Milk 1 L × 12", "全脂纯牛奶 1 L × 12 盒", "dairy/milk", "carton", "brick", "milk", "blue"),
        ("Chocolate Milk 250 mL × 24", "巧克力牛奶 250 mL × 24 盒", "dairy/milk", "carton", "brick", "milk", "brown"),
        ("Bananas 10 kg", "香蕉 10 kg", "fresh/fruit", "carton", "crate", "banana", "amber"),
        ("Espresso Beans 1 kg × 10", "咖啡豆 1 kg × 10 袋", "drinks/coffee", "carton", "bag", "coffee", "brown"),
        ("Cat Litter 10 kg × 2", "猫砂 10 kg × 2 袋", "household/pets", "carton", "sack", "cat", "orange"),
        ("Laundry Liquid 5 kg × 4", "洗衣液 5 kg × 4 瓶", "household/laundry", "carton", "jug", "shirt", "blue"),
        ("Mint Toothpaste 120 g × 72", "薄荷牙膏 120 g × 72 支", "personal-care", "carton", "tube", "dental", "teal"),
        ("Steel screws", "螺丝", "tools/hand-tools", "box", "box", "tool", "grey"),
        ("Olive Oil", "橄榄油", "food", "bottle", "jug", "drops", "lime"),
    ],
)  # fmt: skip
def test_goods_look_like_what_they_are(en, zh, category, unit, shape, glyph, hue):
    found = look(en, zh, category, unit)
    assert (found.shape, found.glyph, found.hue) == (shape, glyph, hue)


def test_only_the_words_on_the_label_follow_the_readers_language():
    en = look("Jasmine Tea Bags 25 bags × 48", "茉莉花茶包 25 包 × 48 盒", "drinks/tea")
    zh = look("Jasmine Tea Bags 25 bags × 48", "茉莉花茶包 25 包 × 48 盒", "drinks/tea", language="zh-hans")
    assert (en.size, zh.size, en.count, zh.count) == ("25 bags", "25 包", "×48", "×48")
    assert (en.shape, en.glyph, en.hue, en.cap) == (zh.shape, zh.glyph, zh.hue, zh.cap)


def test_what_nothing_is_known_of_is_a_carton_of_its_own_colour():
    first, second = look("Gizmo A", "", "things"), look("Gizmo B", "", "things")
    assert first.shape == second.shape == "carton" and first.glyph == "box"
    assert first == look("Gizmo A", "", "things") and first.size == ""


def test_words_inside_other_words_mean_nothing():
    assert look("Beefsteak plant", "", "garden").glyph != "mug"  # no tea in it
    assert look("Toilet foil", "", "things").shape == "roll"  # and no oil


def test_every_drawing_there_can_be_has_its_shapes():
    kinds = [kind for _words, kind in drawing._KINDS] + [drawing._UNKNOWN]
    said = [(glyph, shape) for _words, glyph, shape in drawing._GLYPHS]
    assert {kind.glyph for kind in kinds} | {glyph for glyph, _shape in said} == GLYPHS
    used = {kind.shape for kind in kinds} | {shape for _glyph, shape in said if shape}
    used |= set(drawing._PIECES.values()) | set(drawing._UNITS.values()) | {"brick", "tin", "tub"}
    assert used == SHAPES == set(pictures._LABELS)
    assert {kind.hue for kind in kinds if kind.hue} | {hue for _words, hue in drawing._TASTES} <= set(HUES)


def test_a_drawing_is_safe_whatever_the_goods_are_called():
    found = look('Evil 10 <b>"x"</b> kg', "", '"><script>', "kg")
    html = pictures.drawn(found, words='"><script>alert(1)</script>')
    assert "<script" not in html and "style=" not in html
