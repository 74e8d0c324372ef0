"""What a page needs to keep itself up to date: where its stream is, and since when it is to be told.

The stream is a process of its own (project/live.py). It only says that something has changed; the parts of the page
that are live are then read again from the page's own address, so that the walls are the page's. Without the stream
the page asks now and then; without scripts it is as new as when it was opened.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from trivium.core.time import now
from trivium.web.shared.workspace import at_work

TOPICS = "ordering fulfilment settlement parties integration service"
"""The contexts whose events change what a frame shows: what waits, and what is told."""


class LiveMiddleware:
    """Notes when a page was begun, before anything is read for it, and lets it open its stream."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.begun_at = int(now().timestamp() * 1000)  # type: ignore[attr-defined]
        response = self.get_response(request)
        origin = stream_origin(request)
        if origin and at_work(request) is not None:
            response._csp_update = {**(getattr(response, "_csp_update", None) or {}), "connect-src": [origin]}  # type: ignore[attr-defined]
        return response


def stream_origin(request: HttpRequest) -> str:
    """The origin of the stream where it is not the page's own: another port of the same host."""
    given = settings.TRIVIUM["LIVE_URL"]
    if not given.startswith(":"):
        return ""
    name, _port = split_domain_port(request.get_host())
    return f"{request.scheme}://{name}{given}"


def live(request: HttpRequest) -> Mapping[str, Any]:
    """For the frame of every page of somebody signed in."""
    if at_work(request) is None:
        return {}
    origin = stream_origin(request)
    stream = f"{origin}/live/" if origin else settings.TRIVIUM["LIVE_URL"]
    return {"live": {"stream": stream, "since": getattr(request, "begun_at", 0), "topics": TOPICS}}
