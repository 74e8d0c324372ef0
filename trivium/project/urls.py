"""Which door answers which path."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []

if find_spec("trivium.api") and find_spec("trivium.api.urls"):
    urlpatterns.append(path("api/", include("trivium.api.urls")))
if settings.SANDBOX:
    urlpatterns.append(path("gateways/sandbox/", include("trivium.connectors.sandbox.urls")))
urlpatterns += [
    path("sign-in/with/", include("trivium.connectors.wecom.urls")),
    path("sign-in/with/", include("trivium.connectors.dingtalk.urls")),
    path("sign-in/with/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
if find_spec("trivium.web") and find_spec("trivium.web.urls"):
    urlpatterns.append(path("", include("trivium.web.urls")))
