"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, path, re_path

from trivium.api import docs
from trivium.api.v1.door import api, no_such_route, one_shape, openapi

# Addresses are tried in their order, one after another: what is asked for most stands first.
_ASKED_MOST = ("products", "orders", "supplier-orders", "stock", "prices", "shipments")


def _place(pattern: URLPattern | URLResolver) -> int:
    first = str(pattern.pattern).partition("/")[0]
    return _ASKED_MOST.index(first) if first in _ASKED_MOST else len(_ASKED_MOST)


_routes, _app, _namespace = api.urls
_versioned = sorted(
    (one_shape(pattern) for pattern in _routes if getattr(pattern, "name", "") != "api-root"), key=_place
)

urlpatterns = [
    path("v1/", (_versioned, _app, _namespace)),
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/docs", docs.page, name="api-docs"),
    path("v1/docs/<str:name>", docs.part, name="api-docs-part"),
    re_path("", no_such_route),
]
