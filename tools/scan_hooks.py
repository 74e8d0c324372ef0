"""What schemathesis cannot guess of our API: a fresh Idempotency-Key for each write, references that lead somewhere.

Loaded by schemathesis (SCHEMATHESIS_HOOKS=tools.scan_hooks), which brings its own interpreter: nothing of Trivium is
imported here. What was made wrong on purpose stays wrong.
"""

import os
import random
import re
import uuid
from collections import defaultdict
from functools import cache
from typing import Any

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

SITE, KEY = os.environ["SCAN_SITE"], os.environ["SCAN_KEY"]
REF = re.compile(r"[a-z]{3}_[0-9a-z]{10,}")
OPENED = 2  # of each list so many are opened, for the references inside
REAL = 0.7  # how often a reference is one that exists
OF_NAME = {  # what a collection or a field does not say by itself
    "supplier-orders": "sup", "lines": "oln", "skus": "sku", "stock": "sku", "cart": "sku", "shipments": "shp",
    "payments": "pay", "papers": "pap", "persons": "usr", "accounts": "org", "picture": "pic", "buyer": "org",
    "supplier": "org", "partner": "org", "organization": "org", "company": "org", "line": "oln", "substitute": "sku",
}  # fmt: skip
ENDS = ("revoke", "remove", "erase", "suspend")  # acts that would shut this very scan out


@cache
def _known() -> tuple[dict[str, list[str]], frozenset[str]]:
    """The references this key may see, by their first three letters and by their collection; and those of the key."""
    web = requests.Session()
    web.headers["Authorization"] = f"Bearer {KEY}"
    document = web.get(f"{SITE}/api/v1/openapi.json").json()
    known: dict[str, set[str]] = defaultdict(set)
    for path in (path for path, ways in document["paths"].items() if "get" in ways and "{" not in path):
        answer = web.get(SITE + path)
        items = answer.json().get("items") or () if answer.status_code == 200 else ()
        listed = [item["ref"] for item in items if isinstance(item, dict) and "ref" in item]
        opened = [web.get(f"{SITE}{path}/{ref}") for ref in listed[:OPENED] if f"{path}/{{ref}}" in document["paths"]]
        known[path.rpartition("/")[2]].update(listed)
        for ref in REF.findall(answer.text + " ".join(each.text for each in opened)):
            known[ref[:3]].add(ref)
    keys = web.get(f"{SITE}/api/v1/api-keys").text
    own = frozenset(REF.findall(web.get(f"{SITE}/api/v1/me").text + keys))
    return {name: sorted(refs) for name, refs in known.items()}, own


def _real(name: str, value: Any) -> Any:
    """A reference that exists, most of the time."""
    known, _own = _known()
    refs = known.get(OF_NAME.get(name, name)) or known.get(name[:3])
    return random.choice(refs) if refs and random.random() < REAL else value


def _filled(data: Any) -> Any:
    if isinstance(data, list):
        return [_filled(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        name: _real(name.removesuffix("_ref"), its) if name.endswith("_ref") and isinstance(its, str) else _filled(its)
        for name, its in data.items()
    }


def _is_right(case: Any, place: ParameterLocation) -> bool:
    made = case.meta.components.get(place) if case.meta else None
    return made is not None and made.mode is GenerationMode.POSITIVE


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Let what is right reach the act: real references in path and body, a key of its own for the write."""
    *before, _last = case.operation.path.split("/")
    if _is_right(case, ParameterLocation.PATH):
        for name in case.path_parameters:
            place = case.operation.path.split("/").index(f"{{{name}}}") - 1
            kind = case.operation.path.split("/")[place] if name == "ref" else name.removesuffix("_ref")
            case.path_parameters[name] = _real(kind, case.path_parameters[name])
    if _is_right(case, ParameterLocation.BODY) and isinstance(case.body, dict | list):
        case.body = _filled(case.body)
    if case.operation.path.rpartition("/")[2] in ENDS or "/people/" in case.operation.path:
        for name, value in case.path_parameters.items():
            case.path_parameters[name] = "none" if value in _known()[1] else value
    if _is_right(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
