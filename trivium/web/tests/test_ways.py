"""Ways through the portals: every list within three clicks of the home, and everything by keyboard."""

import re

import pytest
from django.urls import Resolver404, get_resolver, resolve

from trivium.web.shared.access import ACCESS

pytestmark = pytest.mark.django_db

CLICKS = 3
LINK = re.compile(r'<a [^>]*href="([^"#]+)"')


def pages_without_arguments(role):
    """The names of the pages of a portal that stand for themselves, lists among them."""
    found = set()
    for name in ACCESS:
        if name.startswith(f"{role}:"):
            for path, _pattern, _defaults, _converters in get_resolver().reverse_dict.getlist(name) or _paths(name):
                view = _view(path)
                if "%" not in path and getattr(view, "is_page", False):
                    found.add(name)
    return found


def _paths(name):
    portal, _, short = name.partition(":")
    _prefix, resolver = get_resolver().namespace_dict[portal]
    return [(f"{portal}/{possible}", *rest) for ways, *rest in [
        (entry[0], *entry[1:]) for entry in resolver.reverse_dict.getlist(short)] for possible, _ in ways]


def _view(path):
    try:
        return resolve(f"/{path}").func
    except Resolver404:
        return None


@pytest.mark.parametrize("role", ["operator", "supplier", "partner", "buyer"])
def test_every_list_is_within_three_clicks_of_the_home(trade, people, role):
    trade.order((trade.lamp, 4))
    hands = next(each for each in people("en") if each.actor.role == role)
    if role == "buyer":  # there is nothing to check out of an empty cart
        sent = {"on": "/buyer/cart/", "key": "c", "sku_ref": trade.lamp, "quantity": "10"}
        hands.client.post("/buyer/cart/add/", sent)
    known, at = {f"/{role}/"}, {f"/{role}/"}
    reached = {f"{role}:home"}
    for _click in range(CLICKS):
        coming = set()
        for path in sorted(at):
            answer = hands.client.get(path)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")  # a file leads nowhere
            text = answer.content.decode() if is_page else ""
            coming |= {link.replace("&amp;", "&") for link in LINK.findall(text) if link.startswith(f"/{role}/")}
        at = {path for path in coming - known if "format=" not in path and "?" not in path}
        known |= at
        reached |= {resolve(path).view_name for path in at}
    wanted = pages_without_arguments(role)
    asked = {f"{role}:search", f"{role}:feedback"}  # on every page
    assert len(wanted) > 5 and wanted - reached - asked == set()


def test_the_first_stop_skips_to_the_content_and_the_keys_are_told(trade):
    buyer = trade.at(trade.buyer.actor)
    text = buyer.open("orders/")
    body = text.partition("<body")[2]
    assert re.search(r"<(?:a|button|input|summary)[^>]*>", body)[0].startswith('<a class="skip" href="#content"')
    assert '<main id="content" tabindex="-1"' in body and re.search(r'tabindex="[1-9]', text) is None
    assert "data-keys" in body
    told = buyer.open("/keyboard/")
    assert all(f"<kbd>{key}</kbd>" in told for key in ("/", "?", "j, k", "Esc"))
