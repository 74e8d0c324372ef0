"""The scanners are let at everything a role may use, and what they find counts."""

import pytest

from tools.scan import ROLES, findings, routes_of
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
