"""The API of version 1 as a whole: its routers, its refusals and its document."""

import functools
import json
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.operation import Operation

from trivium.api import errors
from trivium.api.access import TABLE
from trivium.api.answers import KEY_PARAMETER, StrictParser
from trivium.api.auth import ApiKey
from trivium.api.v1 import (
    agreements,
    applications,
    assigning,
    company_papers,
    deputies,
    entries,
    fulfilment,
    grades,
    history,
    integration,
    inventory,
    meetings,
    notices,
    ordering,
    particulars,
    parties,
    people,
    polls,
    pricing,
    privacy,
    rules,
    screening,
    service,
    settlement,
    shelf,
)
from trivium.core.limits import Allowance

DESCRIPTION = """Everything the portals can do, for programs.

* **Key.** `Authorization: Bearer tvm_…` opens one workspace: one company in one role. It carries scopes, such as
  `orders:read`; each route names the one it needs.
* **Limits.** `RateLimit-Limit` requests a minute, `RateLimit-Remaining` left now; beyond them 429 with `Retry-After`.
* **Writes** carry an `Idempotency-Key`: repeat a request that brought no answer, with the same key and body, and it
  is carried out once.
* **Money** is a decimal string in major units with a currency beside it; quantities are numbers of at most three
  decimals; times are ISO 8601 in UTC.
* **Lists** are paged by cursor: pass `next_cursor` as `cursor`.
* **Refusals** have one shape, in the language of `Accept-Language` (en, zh-hans). What is not yours is not found.
* An order's number (`O-…`) is taken wherever its reference is.
"""


class Version(NinjaAPI):
    """A version of the API, whose operations are named context_act."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The operation's name in generated clients."""
        view = operation.view_func
        return f"{view.__module__.rpartition('.')[2]}_{view.__name__}"


api = Version(
    title="Trivium",
    version="1",
    description=DESCRIPTION,
    auth=ApiKey(),
    parser=StrictParser(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-1",
)
errors.teach(api)
_ROUTERS = {
    "parties": parties.router,
    "applications": applications.router,
    "screening": screening.router,
    "assigning": assigning.router,
    "entries": entries.router,
    "grades": grades.router,
    "people": people.router,
    "rules": rules.router,
    "deputies": deputies.router,
    "catalog": shelf.router,  # the catalog's own, with the shelf's reads on it
    "history": history.router,
    "privacy": privacy.router,
    "company_papers": company_papers.router,
    "particulars": particulars.router,
    "agreements": agreements.router,
    "inventory": inventory.router,
    "pricing": pricing.router,
    "ordering": ordering.router,
    "fulfilment": fulfilment.router,
    "settlement": settlement.router,
    "service": service.router,
    "polls": polls.router,
    "meetings": meetings.router,
    "notices": notices.router,
    "integration": integration.router,
}
for _context, _router in _ROUTERS.items():
    api.add_router("", _router, tags=[_context])


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of this version. Refusals, alike on every route, are written once."""
    made: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="api/v1/"), default=float)
    )
    made["components"]["parameters"] = {"IdempotencyKey": KEY_PARAMETER}
    shared = made["components"]["responses"] = {}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _needed, scope = TABLE[method.upper(), path.removeprefix("/api/v1")]
            operation["description"] = f"{operation['description']}\n\nScope: `{scope}`."
            for status, response in operation["responses"].items():
                if len(response.get("content", ())) > 1:
                    response["content"].pop("application/json")  # what is handed out as a file is no JSON
                if int(status) >= 400:
                    shared[f"Refused{status}"] = response
                    operation["responses"][status] = {"$ref": f"#/components/responses/Refused{status}"}
    return made


@functools.cache
def _document() -> bytes:
    return msgspec.json.encode(document())


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """The document, for whoever generates a client."""
    if request.method != "GET":
        return errors.refuse(errors.WrongMethod(method=request.method, allowed="GET"))
    return HttpResponse(_document(), content_type="application/json")


@csrf_exempt
def no_such_route(request: HttpRequest) -> HttpResponse:
    """Whatever is asked for at an address that is none."""
    return errors.refuse(errors.NoSuchRoute())


def one_shape(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    """A route whose refusal of a method has the one shape too, and whose answers no cache keeps."""
    if isinstance(pattern, URLPattern):
        view = pattern.callback

        @functools.wraps(view)
        def shaped(request: HttpRequest, **kwargs: Any) -> Any:
            response = view(request, **kwargs)
            if response.status_code == 405:
                allowed = response.get("Allow", "")
                response = errors.refuse(errors.WrongMethod(method=request.method, allowed=allowed))
                response["Allow"] = allowed
            response.headers.setdefault("Cache-Control", "no-store")
            return with_limits(response, getattr(request, "allowance", None))

        shaped.csrf_exempt = True  # type: ignore[attr-defined]
        pattern.callback = shaped
    return pattern


def with_limits(response: HttpResponse, left: Allowance | None) -> HttpResponse:
    """An answer that says how much its key may still ask: of how many a minute, how many at once, and until when."""
    if left is not None and left.times:
        response["RateLimit-Limit"] = str(left.times)
        response["RateLimit-Remaining"] = str(left.left)
        response["RateLimit-Reset"] = str(left.wait_s)
    return response
