"""A third language by its file alone: what it says is read, what it does not say falls back and is listed."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tools.compile_catalogues import compile_catalogue
from trivium.catalog import commands as catalog
from trivium.catalog import queries as goods
from trivium.catalog.rules import NewSku
from trivium.core.errors import Denied
from trivium.core.languages import languages_in
from trivium.core.lists import Wanted
from trivium.web.operator.languages import missing_in

pytestmark = pytest.mark.django_db

GERMAN = '''
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: trivium/web/shared/menu.py
msgid "Orders"
msgstr "Aufträge"

#: trivium/web/shared/menu.py
msgid "Shelf"
msgstr ""
'''


@pytest.fixture
def folder(tmp_path):
    """The translations there are, and a small German file."""
    shutil.copytree(settings.LOCALE_PATHS[0], tmp_path / "locale")
    file = tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text(GERMAN.lstrip())
    compile_catalogue(file)
    return tmp_path / "locale"


def test_a_language_is_there_when_its_file_is(folder):
    assert languages_in(Path(settings.LOCALE_PATHS[0])) == [("en", "English"), ("zh-hans", "简体中文")]
    assert languages_in(folder) == [("en", "English"), ("de", "Deutsch"), ("zh-hans", "简体中文")]


def test_it_is_read_and_falls_back_to_english(trade, folder):
    with override_settings(LOCALE_PATHS=[folder], LANGUAGES=languages_in(folder)):
        buyer = trade.at(trade.buyer.actor, "de")
        text = buyer.open("orders/")
        assert 'lang="de"' in text and "<h1>Aufträge</h1>" in text
        assert ">Shelf</span>" in text and ">货架</span>" not in text
        assert ">中文</button>" in text and ">English</button>" in text
        assert "Deutsch</button>" in trade.at(trade.buyer.actor, "zh-hans").open("orders/")
    assert "Deutsch" not in trade.at(trade.buyer.actor).open("orders/")


def test_what_it_does_not_say_is_listed(trade, folder):
    rows = missing_in(folder)
    texts = {row.text for row in rows if row.language == "de"}
    assert "Shelf" in texts and "Orders" not in texts
    operator = trade.at(trade.market.operator.actor)
    with override_settings(LOCALE_PATHS=[folder / "none"]):
        assert "Every text is translated." in operator.open("languages/")
    with override_settings(LOCALE_PATHS=[folder], LANGUAGES=languages_in(folder)):
        text = operator.open("languages/?language=de&q=Shelf")
        assert ">Shelf<" in text and "Deutsch" in text
        assert "Shelf" in operator.client.get("/operator/languages/?format=csv").content.decode("utf-8-sig")


def test_goods_that_lack_a_language_are_listed(trade):
    category = goods.categories()[0].ref
    for name in ({"zh-hans": "铜水壶"}, {"en": "Copper kettle", "zh-hans": "铜壶"}):
        catalog.create_product(trade.s1.actor, name=name, category_ref=category, skus=[NewSku(code=name["zh-hans"])])
    operator = trade.at(trade.market.operator.actor)
    text = operator.open("languages/goods/?language=en&what=name")
    assert "铜水壶" in text and "Copper kettle" not in text and "Chenguang Lighting" in text
    assert "铜水壶" not in operator.open("languages/goods/?language=zh-hans&what=name").partition("<tbody>")[2]
    found = goods.lacking_words(trade.market.operator.actor, Wanted({"language": "en", "what": "name"}), ["en"])
    assert [row.name for row in found.rows] == [{"zh-hans": "铜水壶"}] and found.count == 1
    with pytest.raises(Denied):
        goods.lacking_words(trade.s1.actor, Wanted(), ["en"])


def test_words_in_both_languages_are_asked_in_the_readers_first(trade):
    """Whoever reads Chinese writes Chinese first; whoever reads English, English."""
    boss, seller = trade.market.operator.actor, trade.s1.actor
    asked = [
        (boss, "new-poll/", "question.zh-hans", "question.en"),
        (boss, "new-meeting/", "agenda.zh-hans", "agenda.en"),
        (boss, "new-announcement/", "title.zh-hans", "title.en"),
        (boss, "new-agreement/", "title.zh-hans", "title.en"),
        (boss, "grades/", "name", "name_en"),
        (seller, "holidays/", "words.zh-hans", "words.en"),
        (seller, "products/", "name", "name_en"),
        (seller, f"products/{goods.tradable([trade.lamp])[trade.lamp].product_ref}/", "description", "description_en"),
    ]
    for actor, place, chinese, english in asked:
        for language, first, second in (("zh-hans", chinese, english), ("en", english, chinese)):
            text = trade.at(actor, language).open(place).partition("<body")[2]
            assert 0 < text.index(f'name="{first}"') < text.index(f'name="{second}"'), (place, language)
