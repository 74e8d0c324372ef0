"""A person at a browser: opens pages, fills in what stands there, and notices whatever goes wrong on the way."""

import time
from collections.abc import Mapping

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import checks
from trivium.parties import queries as parties

PASSWORD = "correct horse 9"
SHOTS = checks.ROOT / "build" / "screenshots"
WIDTHS = {"desktop": (1280, 800), "phone": (360, 740)}
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
PATIENCE_MS = 60_000  # a busy machine is no fault of a page
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """Somebody at one portal, in one language, at one screen. `troubles` is what the browser complained of.

    `who` is a person's key, or the mail address of somebody who is a stranger yet.
    """

    def __init__(
        self, browser: Browser, url: str, who: int | str, *, language: str, screen: str, names: set[str],
        theme: str = "",
    ) -> None:  # fmt: skip
        width, height = WIDTHS[screen]
        self.email = who if isinstance(who, str) else parties.person(who).email
        self.language, self.screen, self.names = language, screen, names
        self.context = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": height},
            has_touch=screen == "phone",
            locale=LOCALES[language],
            reduced_motion="reduce",
        )
        if theme:
            self.context.add_cookies([{"name": "theme", "value": theme, "url": url}])
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("requestfailed", lambda request: self._note_failure(request.url, request.failure or ""))
        self.page.on("response", lambda got: self._note(f"{got.url} {got.status}") if got.status > 399 else None)

    def _note_failure(self, url: str, failure: str) -> None:
        if failure != "net::ERR_ABORTED":  # a page that is left breaks off what it was asking for, its stream too
            self._note(f"{url} {failure}")

    def _note(self, words: str) -> None:
        self.troubles.append(f"{self.page.url}: {words}")

    def sign_in(self) -> None:
        """By mail address and password; then, unless it is one's own already, to the language wanted."""
        self.page.goto("/sign-in/")
        self.fill("sign-in", login=self.email, password=PASSWORD)
        self.press("sign-in")
        self.speak()

    def speak(self) -> None:
        """Change to the language wanted, unless the page is in it."""
        if not self.page.locator(f"html[lang={self.language}]").count():
            with self.page.expect_navigation():
                self.page.click(".language button")

    def open(self, path: str) -> None:
        """A page by its address."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, (path, answer and answer.status)

    def go(self, place: str) -> None:
        """A place of the menu, by what its address ends with."""
        with self.page.expect_navigation():
            self.page.click(f"nav.menu a[href$='/{place}']")

    def form(self, start: str) -> Locator:
        """The form whose id starts so; what it is folded into is opened."""
        found = self.page.locator(f"form[id^='{start}']").first
        found.wait_for(state="attached")
        fold = found.locator("xpath=ancestor::details[not(@open)]")
        for _each in range(fold.count()):
            fold.last.locator("> summary").click()
        return found

    def fill(self, start: str, values: Mapping[str, str] | None = None, **more: str) -> None:
        """Write into the fields of a form."""
        form = self.form(start)
        for name, value in {**(values or {}), **more}.items():
            field = form.locator(f"[name='{name}']")
            kind = field.first.evaluate("(e) => e.type")
            if kind in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "select-one":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, start: str, *, by_keyboard: bool = False) -> None:
        """Send a form by its button, and stand where it leads."""
        button = self.form(start).locator(".buttons button").first
        with self.page.expect_navigation():
            if by_keyboard:
                button.focus()
                self.page.keyboard.press("Enter")
            else:
                button.click()

    def send(self, start: str, values: Mapping[str, str] | None = None, **more: str) -> None:
        """Fill in a form and send it."""
        self.fill(start, values, **more)
        self.press(start)

    def wait_for(self, start: str) -> None:
        """Look again until a form stands there: a worker has to do something first."""
        self._again(f"form[id^='{start}']")

    def wait_for_state(self, icon_words: str) -> None:
        """Look again until a chip says so."""
        self._again(f".chip:has-text('{icon_words}')")

    def _again(self, selector: str) -> None:
        until = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < until:
            if self.page.locator(selector).count():
                return
            self.page.wait_for_timeout(250)
            self.page.reload()
        raise AssertionError(f"{selector} never appears on {self.page.url}")

    def sees(self, *texts: str) -> None:
        """These words stand on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def look(self, name: str, folder: str) -> None:
        """Keep a picture of the page, and check what must hold on each."""
        path = SHOTS / folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path), full_page=True, caret="initial")  # hiding it takes an inline style
        faults = [*checks.wider(self.page), *checks.untranslated(self.page, self.language, self.names), *self.troubles]
        assert not faults, (self.page.url, faults)
