"""The reference one can try out: Swagger UI out of ninja's own wheel, served by ourselves under the strict policy."""

import gzip
import json
from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from trivium.api.errors import NoSuchRoute, WrongMethod, refuse

PARTS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-init.js": "text/javascript",
}
SETTINGS = {
    "docExpansion": "none",
    "filter": True,
    "deepLinking": True,
    "defaultModelsExpandDepth": -1,
    "persistAuthorization": False,  # a key does not stay behind in the browser
    "validatorUrl": None,  # or it would send the document to somebody else's server
}


@csrf_exempt
def page(request: HttpRequest) -> HttpResponse:
    """Every route with its words, to be tried out with one's own key."""
    if request.method not in ("GET", "HEAD"):
        return refuse(WrongMethod(method=request.method, allowed="GET"))
    # JSON inside HTML: no "<" may end the element early.
    found = json.dumps({**SETTINGS, "url": reverse("openapi")}).replace("<", "\\u003c")
    return HttpResponse(render_to_string("api/docs.html", {"settings": found, "language": get_language()}))


@csrf_exempt
def part(request: HttpRequest, name: str) -> HttpResponse:
    """One of the viewer's files, compressed once."""
    if name not in PARTS:
        return refuse(NoSuchRoute())
    if request.method not in ("GET", "HEAD"):
        return refuse(WrongMethod(method=request.method, allowed="GET"))
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(_compressed(name) if small else _file(name), content_type=f"{PARTS[name]}; charset=utf-8")
    if small:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _file(name: str) -> bytes:
    text = files("ninja").joinpath("static", "ninja", name).read_bytes()
    return text.partition(b"\n//# sourceMappingURL=")[0].partition(b"\n/*# sourceMappingURL=")[0]


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_file(name), mtime=0)
