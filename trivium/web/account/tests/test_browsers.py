"""What a browser is called where somebody sees where they are signed in."""

import pytest

from trivium.web.account.overview import browser_of

_APPLE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_APPLE} Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_APPLE} Version/17.1 Safari/605.1.15", "Safari · macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) {_APPLE} MicroMessenger/8.0", "WeChat · iPhone"),
        (f"Mozilla/5.0 (Linux; Android 13; PHONE) {_APPLE} Chrome/108 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent, said):
    assert browser_of(agent) == said
