"""A Django site of bare views and nothing around them: what our lists cannot be faster than."""

import json

from benchmarks.ground import HERE


def _application() -> object:
    import django
    from django.conf import settings

    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "benchmarks.bare_site"
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def _routes() -> list[object]:
    from django.urls import path

    from benchmarks.bare import bare_list_view
    from benchmarks.bare_pages import PAGES, bare_page_view

    build = HERE / "build"
    found: list[object] = []
    if (build / "bench_list.sql").exists():
        found.append(path("", bare_list_view((build / "bench_list.sql").read_text(), {})))
    for name in PAGES:
        kept = build / f"bench_{name}.json"
        if kept.exists():
            found.append(path(f"{name}/", bare_page_view(name, json.loads(kept.read_text()))))
    return found


application = _application()
urlpatterns = _routes()
