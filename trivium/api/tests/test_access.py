"""Who may use which route, tried on every one: no key, another role, another's things."""

import datetime as dt

import pytest

from trivium.api import access
from trivium.api.tests.caller import Caller, routes, world
from trivium.api.tests.scene import Scene, body_of, complete_what_is_due, path_of
from trivium.core.jobs import drain
from trivium.core.permissions import all_permissions, permissions_of
from trivium.core.time import SettableClock, now, use_clock
from trivium.parties.rules import DEFAULT_SCOPES, SCOPES
from trivium.settlement import queries as books

pytestmark = pytest.mark.django_db

PUBLIC = {"/cart/lines/{sku_ref}"}  # what is or was on sale is told apart from what never was: not_orderable
ROLES = ("operator", "supplier", "partner", "buyer")


def unknown(refs: dict[str, str]) -> dict[str, str]:
    """References of the right form to nothing at all."""
    return {kind: f"{ref[:4]}{'0' * 20}" for kind, ref in refs.items()}


def allowed(role: str, method: str, path: str) -> bool:
    needed, _scope = access.TABLE[method, path]
    return needed in permissions_of(role) if isinstance(needed, str) else role in needed


def test_every_route_stands_in_the_table():
    assert sorted(access.TABLE) == routes()


def test_the_table_names_only_declared_rights_and_roles():
    rights = {needed for needed, _ in access.TABLE.values() if isinstance(needed, str)}
    assert rights <= set(all_permissions())
    assert {role for needed, _ in access.TABLE.values() if not isinstance(needed, str) for role in needed} <= set(ROLES)


def test_every_route_states_a_scope_that_is_known_and_fits_its_method():
    for (method, path), (_needed, scope) in access.TABLE.items():
        assert scope in SCOPES, path
        assert scope.endswith(":read" if method == "GET" else ":write"), (method, path)


def test_a_key_without_the_scope_is_refused_by_its_name_and_changes_nothing(scene: Scene):
    """Every route × a key of a role that may use it and has every scope but the one."""
    refs = scene.mine.refs | {"statement": "stm_" + "0" * 20}
    actors = {
        "operator": scene.market.operator.actor,
        "supplier": scene.mine.supplier.actor,
        "partner": scene.mine.partner.actor,
        "buyer": scene.mine.buyer.actor,
    }
    without = {
        (role, scope): Caller.of(actor, [each for each in SCOPES if each != scope])
        for role, actor in actors.items()
        for scope in SCOPES
    }
    before = world()
    tried = set()
    for method, path in routes():
        scope = access.TABLE[method, path][1]
        address = path_of(path, refs) if "{" in path else path
        for role in filter(lambda role: allowed(role, method, path), ROLES):
            caller = without[role, scope]
            body = body_of(method, path, refs)
            said = caller.get(address) if method == "GET" else caller.write(method, address, body)
            assert (said.status, said.code) == (403, "request.scope_missing"), (role, method, path, said.data)
            assert scope in said.data["error"]["message"]
            tried.add((method, path))
    assert sorted(tried) == routes()
    assert world() == before


def test_without_a_key_everything_is_closed(settings):
    settings.TRIVIUM = {**settings.TRIVIUM, "API_FAILURES_PER_MINUTE": 0}
    stranger, forged = Caller(""), Caller("tvm_" + "x" * 40)
    for method, path in routes():
        address = path_of(path, unknown_everything()) if "{" in path else path
        for caller in (stranger, forged):
            said = caller.get(address) if method == "GET" else caller.write(method, address, {})
            assert (said.status, said.code) == (401, "request.not_signed_in"), (method, path)


def unknown_everything() -> dict[str, str]:
    kinds = "order part line shipment statement approval price_list product sku hidden_sku contract promotion coupon"
    more = "key organization person contact change buyer payment gateway import ticket announcement holiday"
    more += " application paper rule term agreement signature poll meeting company_paper cutover entry"
    more += " grade invitation colleague department cost_centre order_rule deputy"
    return {kind: "xxx_" + "0" * 20 for kind in f"{kinds} {more}".split()}


def test_another_role_is_denied_and_changes_nothing(scene: Scene):
    refs = scene.mine.refs | {"statement": "stm_" + "0" * 20}
    before = world()
    tried = 0
    for method, path in routes():
        address = path_of(path, refs) if "{" in path else path
        for role, caller in scene.callers.items():
            if allowed(role, method, path):
                continue
            tried += 1
            said = (
                caller.get(address)
                if method == "GET"
                else caller.write(method, address, body_of(method, path, refs))
            )
            assert (said.status, said.code) == (403, "denied"), (role, method, path, said.data)
    assert tried > 120
    assert world() == before


def test_what_is_not_yours_is_answered_like_what_is_not_there(scene: Scene):
    """Every route that names a thing × every role that may use it: another's and nobody's get the same answer."""
    theirs = scene.theirs.refs | {"statement": statement_of(scene)}
    nobodys = unknown(theirs)
    own = scene.mine.refs
    before = world()
    tried = 0
    for method, path in [route for route in routes() if "{" in route[1]]:
        for role, caller in scene.callers.items():
            if not allowed(role, method, path):
                continue
            tried += 1
            answers = []
            for refs in (nobodys,) if role == "operator" or path in PUBLIC else (nobodys, theirs):
                address, body = path_of(path, refs), body_of(method, path, own)
                said = caller.get(address) if method == "GET" else caller.write(method, address, body)
                assert (said.status, said.code) == (404, "not_found"), (role, method, path, said.data)
                for ref in refs.values():
                    said.data["error"]["message"] = said.data["error"]["message"].replace(ref, "…")
                answers.append(said.data)
            assert answers[-1] == answers[0], (role, method, path)
    assert tried > 80
    assert world() == before


def statement_of(scene: Scene) -> str:
    """A statement of the other side's supplier."""
    clock = SettableClock(now())
    with use_clock(clock):
        clock.move(days=8)
        complete_what_is_due()
        clock.move(hours=1)
        scene.operator.post("/statements", {})
        drain()
        return str(books.statements_of(scene.theirs.supplier.actor)[0]["ref"])


def test_a_revoked_key_is_closed(scene: Scene):
    supplier = scene.callers["supplier"]
    made = supplier.post("/api-keys", {"label": "second"})
    second = Caller(made.data["secret"])
    assert second.get("/me").data["role"] == "supplier"
    assert supplier.post(f"/api-keys/{made.data['ref']}/revoke").status == 200
    assert second.get("/me").status == 401
    assert supplier.post(f"/api-keys/{made.data['ref']}/revoke").status == 404


def test_a_key_for_a_lesser_job_has_lesser_rights(scene: Scene):
    scopes = {"scopes": ["keys:write", "stock:read"]}
    made = scene.callers["supplier"].post("/api-keys", {"label": "till", "job": "staff", **scopes})
    staff = Caller(made.data["secret"])
    assert staff.post("/api-keys", {"label": "more"}).status == 403
    assert staff.get("/stock").status == 200


def test_a_key_made_without_scopes_reads_and_no_more(scene: Scene):
    made = scene.callers["buyer"].post("/api-keys", {"label": "narrow"})
    narrow = Caller(made.data["secret"])
    assert [narrow.get(path).status for path in ("/me", "/products", "/orders")] == [200, 200, 200]
    assert narrow.get("/accounts").code == "request.scope_missing"
    row = next(r for r in scene.callers["buyer"].get("/api-keys").data["items"] if r["label"] == "narrow")
    assert sorted(row["scopes"]) == sorted(DEFAULT_SCOPES)


def test_a_key_gives_no_scope_it_does_not_have(scene: Scene):
    maker = Caller.of(scene.mine.buyer.actor, ["keys:write", "orders:read"])
    said = maker.post("/api-keys", {"label": "more", "scopes": ["orders:write"]})
    assert (said.status, said.code, said.field) == (403, "parties.scope_beyond_own", "scopes")
    assert maker.post("/api-keys", {"label": "as much", "scopes": ["orders:read"]}).status == 201
    assert maker.post("/api-keys", {"label": "none", "scopes": ["orders:rule"]}).code == "parties.bad_scope"


def test_a_key_ends_by_itself(scene: Scene):
    clock = SettableClock(now())
    with use_clock(clock):
        buyer = scene.callers["buyer"]
        ends = (clock.at + dt.timedelta(hours=1)).isoformat()
        made = buyer.post("/api-keys", {"label": "short", "expires_at": ends})
        short = Caller(made.data["secret"])
        assert short.get("/me").status == 200
        said = buyer.post("/api-keys", {"label": "late", "expires_at": clock.at.isoformat()})
        assert (said.code, said.field) == ("parties.bad_expiry", "expires_at")
        clock.move(hours=1)
        assert short.get("/me").status == 401
