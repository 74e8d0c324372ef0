"""By keyboard alone, in a browser: the skip link, the keys that go somewhere, and an act on many rows."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.people import Person
from tests.journeys.market import Market

pytestmark = pytest.mark.django_db(transaction=True)


def focused(page: Page) -> str:
    """What has the focus, as its class, id or text."""
    return str(page.evaluate("(e => e.className || e.id || e.textContent.trim())(document.activeElement)"))


@pytest.fixture
def supplier(browser: Browser, site: Site) -> Person:
    """A supplier with three orders to confirm."""
    market = Market()
    company = market.supplier("Lvyuan")
    sku = market.sku(company, "A", [(1, "100.00")])
    buyer = market.buyer("Haiwen", market.partner("Nanfang"))
    for _order in range(3):
        market.order(buyer, [(sku, 1)])
    person = Person(browser, site.url, company.actor.user_id or 0, language="en", screen="desktop", names=set())
    person.sign_in()
    return person


def test_the_first_stop_leads_past_the_frame_to_the_content(supplier: Person) -> None:
    page = supplier.page
    supplier.open("/supplier/orders/")
    page.keyboard.press("Tab")
    assert focused(page) == "skip"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_keys_go_where_they_say_and_are_letters_in_a_field(supplier: Person) -> None:
    page = supplier.page
    supplier.open("/supplier/")
    page.keyboard.press("/")
    expect(page.locator("#seek")).to_be_focused()
    page.keyboard.type("g2?")
    assert page.locator("#seek").input_value() == "g2?" and page.url.endswith("/supplier/")
    supplier.open("/supplier/")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("2")
    assert page.url.endswith("/supplier/orders/")
    page.keyboard.press("j")
    first = page.locator(".list tbody tr").nth(0).locator("a").first
    expect(first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("?")
    expect(page.locator("h1")).to_have_text("Keyboard")


def test_many_orders_are_confirmed_without_a_mouse(supplier: Person) -> None:
    page = supplier.page
    supplier.open("/supplier/work/")
    for _row in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    page.locator("#bulk button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_contain_text("2 done.")
    expect(page.locator("input[name=item]")).to_have_count(1)
    assert supplier.troubles == []
