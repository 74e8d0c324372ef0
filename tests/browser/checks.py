"""What must hold on every page: nothing axe-core objects to, nothing wider than the window, no word untranslated."""

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polib
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CATALOGUE = ROOT / "trivium" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

_RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) =>
    `${n.target} ${n.html.slice(0, 160)} ${(n.any[0] || n.all[0] || n.none[0] || {}).message || ''}`).join(' || ')}`);
}"""

_WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const rolls = (e) => e && (getComputedStyle(e).overflowX !== 'visible' || rolls(e.parentElement));
  const wide = [...document.querySelectorAll('body *')].filter((e) =>
    e.getBoundingClientRect().right > room + 0.5 && !rolls(e.parentElement));
  return [...wide, document.body].slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className} ends at ` +
    `${Math.round(e.getBoundingClientRect().right)} of ${room}: ${e.textContent.trim().slice(0, 40)}`);
}"""

# What a person can read or hear, except what is marked as another language (the switch to it), or as not to be
# translated: a code.
_TEXTS = """() => {
  const apart = '[lang]:not(html), script, style, template, textarea, code, kbd, .number, [translate=no]';
  const found = new Set([document.title]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!at.closest(apart)) found.add(walker.currentNode.data.trim());
  }
  for (const name of ['title', 'placeholder', 'aria-label', 'alt']) {
    for (const at of document.querySelectorAll(`[${name}]`)) if (!at.closest(apart)) found.add(at.getAttribute(name));
  }
  return [...found].filter((text) => text);
}"""

_LATIN = re.compile(r"[A-Za-z][A-Za-z’'-]+(?:[ ,]+[A-Za-z][A-Za-z’'-]+)+")
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!](?=\s|$)")
_NO_WORDS = re.compile(r"\S+@\S+|https?://\S+|[a-z]{2,4}_[0-9a-z]+|[A-Z]+-[0-9A-Z-]+")


def violations(page: Page) -> list[str]:
    """What axe-core objects to, with every folded part open. Its script comes past the page's policy, unlike others."""
    page.evaluate("() => document.querySelectorAll('details:not(.drop)').forEach((each) => { each.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN_AXE)
    return found


def wider(page: Page) -> list[str]:
    """What makes the page wider than its window."""
    found: list[str] = page.evaluate(_WIDER)
    return found


def untranslated(page: Page, language: str, names: Iterable[str]) -> list[str]:
    """Words of the other language, names and codes apart.

    On a Chinese page two Latin words in a row are English, and so is any text that the catalogue has in Chinese; its
    punctuation is full-width. On an English page every Chinese character is a fault.
    """
    texts: Sequence[str] = page.evaluate(_TEXTS)
    apart = sorted(names, key=len, reverse=True)
    found = []
    for text in texts:
        rest = " ".join(text.split())
        for name in apart:
            rest = rest.replace(name, "·")
        rest = _NO_WORDS.sub("·", rest)
        if language == "en":
            found += _CHINESE.findall(rest)
        elif rest in _english():
            found.append(rest)
        else:
            found += _LATIN.findall(rest) + _HALF_WIDTH.findall(rest)
    return found


@functools.cache
def _english() -> frozenset[str]:
    """Every text of ours that is another one in Chinese."""
    entries = polib.pofile(str(CATALOGUE))
    return frozenset(each.msgid for each in entries if each.msgstr and each.msgstr != each.msgid)
