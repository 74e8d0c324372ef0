"""Somebody who cannot sign in says so, gets a link by mail, is answered, and writes more.

The sample of `make test` has each language and each width once; `make prove` has all of them.
"""

import re
import shutil

import pytest
from django.core import mail
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.people import SHOTS, Person
from tests.browser.scene import MARKET_NAMES, Scene
from tests.browser.test_strangers import SAMPLE, STORIES
from trivium.core.ids import new_ref
from trivium.notices import commands as notices
from trivium.service import queries

pytestmark = pytest.mark.django_db(transaction=True)

SAID = {
    "en": ("No code comes to my phone.\nI have tried it twice.", "Which phone is it?", "An old one."),
    "zh-hans": ("手机收不到验证码。\n已经试了两次。", "请问是哪个手机号？", "一个旧号码。"),
}


@pytest.mark.parametrize(
    "story",
    [pytest.param(each, marks=() if each in SAMPLE else pytest.mark.slow, id="-".join(each)) for each in STORIES],
)
def test_feedback_of_who_is_not_signed_in(browser: Browser, site: Site, story: tuple[str, str]) -> None:
    language, screen = story
    folder = f"journeys/visitors-{language}-{screen}"
    shutil.rmtree(SHOTS / folder, ignore_errors=True)
    scene = Scene(language)
    said, asked, replied = SAID[language]
    address = f"{new_ref('p')}@newcomers.example"

    def somebody(who: int | str) -> Person:
        names = scene.names | MARKET_NAMES | {address, *SAID[language], *said.splitlines()}
        return Person(browser, site.url, who, language=language, screen=screen, names=names)

    wang, boss = somebody(address), somebody(scene.operator.actor.user_id or 0)
    wang.open("/sign-in/")
    wang.speak()
    wang.look("1-sign-in", folder)
    with wang.page.expect_navigation():
        wang.page.click(".foot a")
    wang.look("2-feedback", folder)
    wang.send("say", email=address, text=said)
    wang.look("3-thanks", folder)
    row = queries.tickets(scene.operator.actor)[0]
    mail.outbox.clear()
    notices.tell_visitor(row.ref, "opened", 1)
    link = re.search(r"/said/\S+", str(mail.outbox[-1].body))
    assert link

    boss.sign_in()
    boss.open("/operator/tickets/?state=waiting")
    boss.sees(said.splitlines()[0])
    boss.look("4-the-operators-list", folder)
    boss.open(f"/operator/tickets/{row.ref}/")
    boss.sees(address)
    boss.fill("answer-ticket", text=asked)
    with boss.page.expect_navigation():
        boss.page.click("button[name='asks_back']")
    boss.look("5-asked-back", folder)
    site.clock.move(minutes=3)

    wang.open(link[0])
    wang.sees(asked)
    wang.look("6-by-the-link", folder)
    wang.send("reply", text=replied)
    wang.sees(replied)
    wang.look("7-replied", folder)
