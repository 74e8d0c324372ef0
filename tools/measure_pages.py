"""Measure the pages people open most with Lighthouse, as a desktop sees them, on a running site with the demo market.

Writes one JSON per page and a table to build/lighthouse; exit code 1 if any page scores below the limit.
"""

import argparse
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.sync_api import sync_playwright

from demo.logins import PASSWORD, login
from tools.browsers import FLAGS, find_browser

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "tools" / "lighthouse"
BUILD = ROOT / "build" / "lighthouse"
CATEGORIES = {"performance": "performance", "accessibility": "accessibility", "best-practices": "best practice"}
LIMIT = 95
ROLES = ("operator", "supplier", "partner", "buyer")


class Person:
    """Somebody of the demo market, signed in."""

    def __init__(self, site: str, role: str, language: str) -> None:
        self.role = role
        self.web = httpx.Client(base_url=site, timeout=120, follow_redirects=True, trust_env=False)
        self.web.cookies.set("django_language", language, domain=self.web.base_url.host)
        self.send("/sign-in/", self.text("/sign-in/"), login=login(role), password=PASSWORD)

    def text(self, path: str) -> str:
        """A page's source."""
        answer = self.web.get(path)
        answer.raise_for_status()
        return answer.text

    def first(self, page: str, kind: str) -> str:
        """The first link to a thing of a kind on a page."""
        found = re.search(rf'href="(/{self.role}/{kind}/[a-z]+_[0-9a-z]+/)["?#]', self.text(f"/{self.role}/{page}/"))
        if found is None:
            raise SystemExit(f"/{self.role}/{page}/ leads to none of {kind}: is this the demo market?")
        return found[1]

    def fill_cart(self, product: str) -> None:
        """Put something into the cart, if nothing is there."""
        if 'action="/buyer/cart/set/"' in self.text("/buyer/cart/"):
            return
        page = self.text(product)
        form = re.search(r'<form[^>]*action="/buyer/cart/add/".*?</form>', page, re.DOTALL)
        if form is None:
            raise SystemExit(f"nothing on {product} can be bought")
        self.send("/buyer/cart/add/", form[0])

    def send(self, path: str, source: str, **written: str) -> str:
        """Hand in a form, as its source has it but for what is written into it; gives the page that follows."""
        values = dict(re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', source))
        values |= dict(re.findall(r'<input[^>]*?value="([^"]*)"[^>]*?name="([^"]+)"', source))
        answer = self.web.post(path, data={**values, **written}, headers={"Referer": str(self.web.base_url)})
        return answer.raise_for_status().text


@dataclass(frozen=True)
class Measured:
    """A page and its scores, 0 to 100, by category."""

    name: str
    path: str
    scores: Mapping[str, int]
    weak: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether each score reaches the limit."""
        return all(score >= LIMIT for score in self.scores.values())


def pages(site: str, language: str) -> Iterator[tuple[str, str, Person]]:
    """(name, path, who opens it) of each page to measure."""
    people = {role: Person(site, role, language) for role in ROLES}
    buyer = people["buyer"]
    product = buyer.first("shelf", "products")
    buyer.fill_cart(product)
    yield "shelf", "/buyer/shelf/", buyer
    yield "product", product, buyer
    yield "cart", "/buyer/cart/", buyer
    yield "order", buyer.first("orders", "orders"), buyer
    for role, person in people.items():
        yield f"home of the {role}", f"/{role}/", person


@contextmanager
def signed_in(person: Person) -> Iterator[int]:
    """A browser with the person's cookies, as one of their own would hold them; gives the port it is led by.

    A cookie sent along as a header would not reach the stream of live updates, which is at another port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = [{"name": each.name, "value": each.value or "", "url": str(person.web.base_url)}
            for each in person.web.cookies.jar]  # fmt: skip
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=find_browser(), args=[*FLAGS, f"--remote-debugging-port={port}"]
        )
        context.add_cookies(kept)
        yield port
        context.close()


def measure(site: str, name: str, path: str, person: Person) -> Measured:
    """Let Lighthouse open a page."""
    result = BUILD / f"{name.replace(' ', '-')}.json"
    node = Path(sys.executable).with_name("node")
    with signed_in(person) as port:
        command = [
            str(node), str(HOME / "node_modules/lighthouse/cli/index.js"), site + path, "--preset=desktop", "--quiet",
            f"--only-categories={','.join(CATEGORIES)}", "--output=json", f"--output-path={result}",
            f"--port={port}", "--disable-storage-reset", "--no-enable-error-reporting",
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=300)
    said = json.loads(result.read_text())
    if said.get("runtimeError"):
        raise SystemExit(f"{path}: {said['runtimeError']['message']}")
    if not said["finalDisplayedUrl"].endswith(path):
        raise SystemExit(f"{path} led to {said['finalDisplayedUrl']}")
    scores = {key: round(100 * said["categories"][key]["score"]) for key in CATEGORIES}
    return Measured(name, path, scores, tuple(_weak(said)))


def _weak(said: Mapping[str, dict]) -> Iterator[str]:
    """The audits that cost a page something."""
    for key in CATEGORIES:
        for part in said["categories"][key]["auditRefs"]:
            audit = said["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{audit['title']} {audit.get('displayValue', '')}".strip()


def table(found: list[Measured]) -> str:
    """The scores as Markdown."""
    lines = [f"| page | {' | '.join(CATEGORIES.values())} | |", f"|---|{'---:|' * len(CATEGORIES)}---|"]
    for each in found:
        scores = " | ".join(str(each.scores[key]) for key in CATEGORIES)
        lines.append(f"| {each.name} | {scores} | {'; '.join(each.weak)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure every page; 0 when all of them hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--site", default="http://127.0.0.1:8000", help="where `make demo` listens")
    options.add_argument("--language", default="zh-hans", choices=("zh-hans", "en"))
    given = options.parse_args()
    if find_browser() is None:
        raise SystemExit("There is no Chromium on this machine (on Debian: apt-get install chromium).")
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    found = []
    for name, path, person in pages(given.site.rstrip("/"), given.language):
        found.append(measure(given.site.rstrip("/"), name, path, person))
        print(table(found[-1:]).splitlines()[-1], flush=True)
    (BUILD / "table.md").write_text(table(found), encoding="utf-8")
    print(f"{(BUILD / 'table.md').relative_to(ROOT)} written")
    return 0 if all(each.holds for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
