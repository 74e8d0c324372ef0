"""A page that keeps itself up to date, in a browser: by its stream, without it, and while somebody is at it."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.people import PATIENCE_MS, Person
from tests.journeys.market import Company, Market
from trivium.project.tests.test_live import live_process

pytestmark = pytest.mark.django_db(transaction=True)

ASKED_WITHIN_MS = 26_000
HIDDEN = "Object.defineProperty(document, 'hidden', {get: () => window.isAway === true})"
_WAS_READ = "() => performance.getEntriesByType('resource').some((each) => each.name.endsWith('/supplier/'))"


@dataclass
class Shop:
    """A supplier with a buyer."""

    market: Market
    supplier: Company
    buyer: Company
    sku: str

    @classmethod
    def opened(cls) -> "Shop":
        """A shop nobody has ordered from."""
        market = Market()
        supplier = market.supplier("Lvyuan")
        sku = market.sku(supplier, "A", [(1, "100.00")])
        return cls(market, supplier, market.buyer("Haiwen", market.partner("Nanfang")), sku)

    def order(self) -> str:
        """Place an order; returns its number."""
        return self.market.order(self.buyer, [(self.sku, 1)]).number


def at_home(browser: Browser, site: Site, company: Company, *, stands_still: bool = False) -> Person:
    """The company's person, signed in, at home; with `stands_still` the page's timers wait to be moved on."""
    person = Person(browser, site.url, company.actor.user_id or 0, language="en", screen="desktop", names=set())
    person.page.add_init_script(HIDDEN)
    if stands_still:
        person.page.clock.install()
    person.sign_in()
    person.open("/supplier/")
    if not stands_still:
        # The stream's process was not there at the time of this market: it says at once that all may have changed.
        for _try in range(150):
            if person.page.evaluate(_WAS_READ):
                break
            person.page.wait_for_timeout(100)
    return person


def tasks(page: Page) -> list[str]:
    return page.locator("#worklist .tasks a").all_inner_texts()


def test_a_new_order_appears_without_reload_and_is_said(browser: Browser, site: Site, settings) -> None:
    shop = Shop.opened()
    with live_process(site.url.rpartition(":")[2]) as (port, _process):
        settings.TRIVIUM = settings.TRIVIUM | {"LIVE_URL": f":{port}"}
        person = at_home(browser, site, shop.supplier)
        page = person.page
        page.evaluate("window.stays = true; document.querySelector('#seek').focus()")
        number = shop.order()
        expect(page.locator("#worklist")).to_contain_text(number, timeout=PATIENCE_MS)
        expect(page.locator("#bell .count")).to_contain_text("1", timeout=PATIENCE_MS)
        expect(page.locator("#live-words")).to_have_text("There is news. 1 unread", timeout=PATIENCE_MS)
        assert page.evaluate("window.stays && document.activeElement.id") == "seek"
        assert person.troubles == []
        person.context.close()


def test_a_form_that_is_being_filled_in_is_left_alone_until_it_is_left(browser: Browser, site: Site, settings) -> None:
    shop = Shop.opened()
    first = shop.order()
    with live_process(site.url.rpartition(":")[2]) as (port, _process):
        settings.TRIVIUM = settings.TRIVIUM | {"LIVE_URL": f":{port}"}
        person = at_home(browser, site, shop.supplier)
        page = person.page
        field = page.locator("#worklist form input:not([type=hidden])").first
        given = field.evaluate("(e) => { e.closest('details')?.setAttribute('open', ''); return e.value; }")
        field.fill("2026-03-09")
        second = shop.order()
        expect(page.locator("#bell .count")).to_contain_text("2", timeout=PATIENCE_MS)
        assert field.input_value() == "2026-03-09"
        assert len([each for each in tasks(page) if first in each or second in each]) == 1
        field.fill(given)
        field.blur()
        expect(page.locator("#worklist")).to_contain_text(second, timeout=PATIENCE_MS)
        person.context.close()


def test_a_page_without_a_stream_asks_now_and_then_but_not_while_it_is_hidden(browser: Browser, site: Site) -> None:
    shop = Shop.opened()
    person = at_home(browser, site, shop.supplier, stands_still=True)
    page = person.page
    number = shop.order()
    page.evaluate("window.isAway = true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(ASKED_WITHIN_MS)
    assert (asked, tasks(page)) == ([], [])
    page.evaluate("window.isAway = false")
    page.clock.run_for(ASKED_WITHIN_MS)
    expect(page.locator("#worklist")).to_contain_text(number, timeout=PATIENCE_MS)
    assert person.troubles == []


def test_a_page_whose_stream_has_gone_asks_by_itself(browser: Browser, site: Site, settings) -> None:
    shop = Shop.opened()
    with live_process(site.url.rpartition(":")[2]) as (port, process):
        settings.TRIVIUM = settings.TRIVIUM | {"LIVE_URL": f":{port}"}
        person = at_home(browser, site, shop.supplier, stands_still=True)
        process.terminate()
        process.wait(timeout=20)
    number = shop.order()
    person.page.clock.run_for(ASKED_WITHIN_MS)
    expect(person.page.locator("#worklist")).to_contain_text(number, timeout=PATIENCE_MS)


def test_a_person_who_has_signed_out_elsewhere_is_not_asked_for_any_more(browser: Browser, site: Site) -> None:
    shop = Shop.opened()
    person = at_home(browser, site, shop.supplier, stands_still=True)
    page = person.page
    person.context.clear_cookies()
    page.clock.run_for(ASKED_WITHIN_MS)
    page.wait_for_load_state("networkidle")
    assert page.locator("#worklist").count() == 1, "what was there stays"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(2 * ASKED_WITHIN_MS)
    assert asked == []
