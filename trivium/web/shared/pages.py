"""What surrounds a page and no program: session, CSRF, sign-in, messages, framing and content policy, workspace."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

Handler = Callable[[HttpRequest], Any]
Look = Callable[..., HttpResponseBase | None]
OF_PROGRAMS = re.compile(r"/api/v\d+/(?!docs(/|$))")


class PageMiddleware:
    """Carries the middleware of settings.PAGE_MIDDLEWARE around every request but those of programs.

    A program shows a key and has no session; the API's views are the only ones below its addresses, and open nothing
    without that key. Its documentation is a page.
    """

    def __init__(self, straight: Handler) -> None:
        self.straight = straight
        self.around, self.views = straight, list[Look]()
        for name in reversed(settings.PAGE_MIDDLEWARE):
            layer = import_string(name)(self.around)
            if hasattr(layer, "process_view"):
                self.views.insert(0, layer.process_view)
            self.around = convert_exception_to_response(layer)

    def __call__(self, request: HttpRequest) -> Any:
        return self.straight(request) if _is_of_programs(request) else self.around(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """What the layers say to a view before it runs, outermost first; the first answer is the answer."""
        if _is_of_programs(request):
            return None
        answers = (look(request, *view) for look in self.views)
        return next((answer for answer in answers if answer is not None), None)


def _is_of_programs(request: HttpRequest) -> bool:
    return OF_PROGRAMS.match(request.path_info) is not None
