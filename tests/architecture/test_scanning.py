"""The scanners are let at everything a role may use, and what they find counts."""

import pytest

from tools.scan import ROLES, findings, routes_of
from tools.scan_between import with_new_key
from trivium.api import access
from trivium.api.v1.door import document


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_at_what_it_may_use(role: str) -> None:
    chosen = routes_of(document(), role)
    assert "parties_me" in chosen and len(chosen) == len(set(chosen))
    assert ("ordering_place_cart" in chosen) == (role == "buyer")


def test_no_route_is_left_out() -> None:
    assert len({name for role in ROLES for name in routes_of(document(), role)}) == len(access.TABLE)


def test_findings_of_medium_level_and_above_count() -> None:
    levels = [{"level": level, "method": "GET", "path": f"/{level}", "info": "x"} for level in range(5)]
    said = {"vulnerabilities": {"XSS": levels[:3]}, "anomalies": {"Internal Server Error": levels[3:]}}
    assert findings(said) == [
        "XSS: GET /2 x", "Internal Server Error: GET /3 x", "Internal Server Error: GET /4 x",
    ]  # fmt: skip


def test_a_form_that_is_handed_in_again_has_another_key() -> None:
    plain = b"form=add&key=web_1zrwzmhjy1dsnbvskf5r&name=x"
    parts = b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nweb_1zrwzmhjy1dsnbvskf5r\r\n--b--'
    for body in (plain, parts):
        first, second = with_new_key(body), with_new_key(body)
        assert len({body, first, second}) == 3 and len(first) == len(second) == len(body)
        assert first.partition(b"web_")[0] == body.partition(b"web_")[0] and first[-7:] == body[-7:]
