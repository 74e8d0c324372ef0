"""Somebody who works in no company says what they think of a page, is asked back, answers, and is done with it.

The sample of `make test` has each language and each width once; `make prove` has all of them.
"""

import datetime as dt
import shutil

import pytest
from playwright.sync_api import Browser

from tests.browser import checks
from tests.browser.conftest import Site
from tests.browser.people import PASSWORD, SHOTS, Person
from tests.browser.scene import MARKET_NAMES, Scene
from tests.browser.test_strangers import SAMPLE, STORIES
from trivium.core.ids import new_ref
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM
from trivium.service import commands as service

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = {"en": "Gu Yun", "zh-hans": "顾云"}
SAID = {
    "en": ("Which papers do I need?\nThe page names one.", "For which kind of goods?", "For lamps."),
    "zh-hans": ("需要哪些资料？\n页面上只写了一种。", "请问是哪类商品？", "灯具。"),
}
TITLES = {"en": {"en": "Spring sale", "zh-hans": "春季促销"}, "zh-hans": {"en": "Spring sale", "zh-hans": "春季促销"}}


@pytest.mark.parametrize(
    "story",
    [pytest.param(each, marks=() if each in SAMPLE else pytest.mark.slow, id="-".join(each)) for each in STORIES],
)
def test_feedback_of_who_works_in_no_company(browser: Browser, site: Site, story: tuple[str, str]) -> None:
    language, screen = story
    folder = f"journeys/own-feedback-{language}-{screen}"
    shutil.rmtree(SHOTS / folder, ignore_errors=True)
    scene = Scene(language)
    said, asked, replied = SAID[language]
    address = f"{new_ref('p')}@newcomers.example"
    user = parties.register_person(SYSTEM, email=address, name=NAMES[language], password=PASSWORD)

    def somebody(who: int) -> Person:
        names = scene.names | MARKET_NAMES | {NAMES[language], address, *SAID[language], *said.splitlines()}
        return Person(browser, site.url, who, language=language, screen=screen, names=names)

    gu, boss = somebody(user.pk), somebody(scene.operator.actor.user_id or 0)
    gu.sign_in()
    gu.open("/apply/")
    gu.look("1-where-one-applies", folder)
    with gu.page.expect_navigation():
        gu.page.click(".foot a")
    gu.look("2-feedback", folder)
    gu.send("give-feedback", text=said)
    gu.look("3-said", folder)
    ref = gu.page.url.rstrip("/").rpartition("/")[2]

    boss.sign_in()
    boss.open("/operator/tickets/?state=waiting")
    boss.sees(NAMES[language], said.splitlines()[0])
    boss.look("4-the-operators-list", folder)
    boss.open(f"/operator/tickets/{ref}/")
    boss.fill("answer-ticket", text=asked)
    with boss.page.expect_navigation():
        boss.page.click("button[name='asks_back']")
    boss.look("5-asked-back", folder)
    site.clock.move(minutes=3)

    gu.open("/feedback/")
    gu.look("6-own-feedback", folder)
    with gu.page.expect_navigation():
        gu.page.click(f"a[href$='{ref}/']")
    gu.send("reply-ticket", text=replied)
    gu.look("7-replied", folder)
    gu.send("close-ticket", outcome="solved")
    gu.look("8-closed", folder)
    gu.open("/you/")
    gu.look("9-your-data", folder)
    for path in ("/apply/", "/feedback/", f"/feedback/{ref}/", "/feedback/new/?page=/apply/&title=x", "/welcome/"):
        gu.open(path)
        assert checks.violations(gu.page) == [], path
    gone = service.announce(scene.operator.actor, title=TITLES[language], text=TITLES[language], kind="news",
                            roles=["buyer"], until=(site.clock() + dt.timedelta(days=9)).date())  # fmt: skip
    service.withdraw_announcement(scene.operator.actor, gone)
    buyer = somebody(scene.buyer.actor.user_id or 0)
    buyer.sign_in()
    buyer.page.goto(f"/buyer/announcements/{gone}/")
    buyer.troubles.clear()  # the browser complains of a page that is not there
    buyer.look("10-taken-back", folder)
    leaver = scene.buyer.colleague
    parties.remove_person(scene.buyer.actor, leaver.user_ref)
    left = somebody(leaver.user_id or 0)
    left.sign_in()
    left.open("/buyer/orders/")
    assert left.page.url.endswith("/welcome/")
    left.look("11-left", folder)
