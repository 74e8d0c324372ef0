"""Every page of every portal, found by following links as people do: axe-core, leftover words, wider than a phone.

The sample of `make test` opens each page once, in a language and a brightness chosen by the seed; `make prove` in all.
"""

import os
import random
import re
import shutil
from itertools import product
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Browser

from tests.browser import checks
from tests.browser.conftest import Site
from tests.browser.people import SHOTS, WIDTHS, Person
from tests.browser.scene import Scene
from tests.browser.trade import IMPORTED, Trade
from trivium.web.shared.access import ACCESS, ROLES
from trivium.web.tests.test_access import ALL

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = list(product(("en", "zh-hans"), ("light", "dark")))
EACH = 3  # so many of one kind of page: an order looks different in every state
FEEDBACK = "feedback/?page=/&title=Trivium"
ALSO = {
    "operator": ("search/?q=O-", FEEDBACK),
    "supplier": ("search/?q=DL", "products/?q=nothing", FEEDBACK),
    "partner": ("search/?q=O-", FEEDBACK),
    "buyer": ("search/?q=O-", "shelf/?q=nothing", "checkout/", FEEDBACK),
}


def sampled() -> set[tuple[str, str, str]]:
    """For each role a language and a brightness; together they are all of them."""
    chance = random.Random(int(os.environ["HYPOTHESIS_SEED"]))
    return {(role, *look) for role, look in zip(ROLES, chance.sample(LOOKS, len(LOOKS)), strict=True)}


def cases() -> list:
    """Every role in every look; those outside the sample are slow."""
    chosen = sampled()
    found = [(role, language, theme) for role in ROLES for language, theme in LOOKS]
    return [pytest.param(*each, marks=() if each in chosen else pytest.mark.slow, id="-".join(each)) for each in found]


def view_of(path: str) -> str:
    """The page an address leads to; "" for what is not a page of a portal."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return found.view_name if getattr(found.func, "is_page", False) else ""


def pages_of(role: str) -> set[str]:
    """Every page of a portal, by the access table; what only sends a file is none."""
    mine = {name for name in ALL if ACCESS[name] == {role}}
    blank = {"ref": "ord_00000000000000000000"}
    return {name for name in mine if view_of(reverse(name, kwargs=blank if ALL[name] else {}))} - {
        f"{role}:import_quarantine", f"{role}:choose_columns", f"{role}:paper", f"{role}:meeting_file",
        f"{role}:agreement_text", f"{role}:company_paper",
    }  # fmt: skip


class Walk:
    """Somebody who opens one page after the other and looks at each."""

    def __init__(self, person: Person, role: str, folder: str) -> None:
        self.person, self.role, self.folder = person, role, folder
        self.seen: dict[str, list[str]] = {}
        self.faults: list[str] = []

    def everywhere(self) -> None:
        """From the home to wherever links lead."""
        todo = [f"/{self.role}/", *(f"/{self.role}/{path}" for path in ALSO[self.role])]
        met = set(todo)
        while todo:
            path = todo.pop(0)
            view = view_of(urlsplit(path).path)
            if len(self.seen.setdefault(view, [])) >= EACH and "?" not in path:
                continue
            self.seen[view].append(path)
            self.look_at(path)
            for link in self.links():
                if link not in met and view_of(link).startswith(f"{self.role}:"):
                    met.add(link)
                    todo.append(link)

    def links(self) -> list[str]:
        """Where this page leads, filters and pages of lists apart."""
        found = self.person.page.eval_on_selector_all("a[href]:not([download])", "(all) => all.map((a) => a.href)")
        return [urlsplit(link).path for link in found if not urlsplit(link).query]

    def look_at(self, path: str) -> None:
        """Open a page and check it at both widths."""
        person, page = self.person, self.person.page
        person.open(path)
        name = re.sub(r"[^a-z]+", "-", re.sub(r"[a-z]{3}_[0-9a-z]+", "one", path)).strip("-")
        name += f"-{len(self.seen[view_of(urlsplit(path).path)])}"
        found = checks.untranslated(page, person.language, person.names)
        for screen, (width, height) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            shot = SHOTS / self.folder / f"{name}-{screen}.png"
            shot.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(shot), full_page=True, caret="initial")
            found += checks.wider(page)
        found += checks.violations(page)  # at a phone's width, where targets are smallest
        page.set_viewport_size(dict(zip(("width", "height"), WIDTHS["desktop"], strict=True)))
        found += checks.violations(page)
        self.faults += [f"{path} {fault}" for fault in found]


@pytest.mark.parametrize(("role", "language", "theme"), cases())
def test_every_page_is_fit_for_everybody(
    browser: Browser, site: Site, role: str, language: str, theme: str, record_property
) -> None:
    folder = f"pages/{role}-{language}-{theme}"
    shutil.rmtree(SHOTS / folder, ignore_errors=True)
    scene = Scene(language)
    Trade(scene, site.clock)
    company = {"operator": scene.operator, "supplier": scene.s1, "partner": scene.partner, "buyer": scene.buyer}[role]
    person = Person(browser, site.url, company.actor.user_id or 0, language=language, screen="desktop",
                    names=scene.names | IMPORTED, theme=theme)  # fmt: skip
    person.sign_in()
    walk = Walk(person, role, folder)
    walk.everywhere()
    opened = sum(len(paths) for paths in walk.seen.values())
    record_property("proof", f"pages of the {role} in {language}, {theme}: {opened} opened, {len(walk.faults)} faults")
    assert not walk.faults, "\n".join(walk.faults)
    assert not person.troubles, person.troubles
    assert set(walk.seen) == pages_of(role), "no link leads to these, or they need something to show"
