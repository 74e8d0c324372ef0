"""Addresses of the API."""

from django.urls import path, re_path

from trivium.api import docs
from trivium.api.v1.door import api, no_such_route, one_shape, openapi

_routes, _app, _namespace = api.urls
_versioned = [one_shape(pattern) for pattern in _routes if getattr(pattern, "name", "") != "api-root"]

urlpatterns = [
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/docs", docs.page, name="api-docs"),
    path("v1/docs/<str:name>", docs.part, name="api-docs-part"),
    path("v1/", (_versioned, _app, _namespace)),
    re_path("", no_such_route),
]
