"""A Django site with one view and nothing around it: what the product list cannot be faster than."""

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

    return [path("", bare_list_view((HERE / "build" / "bench_list.sql").read_text(), {}))]


application = _application()
urlpatterns = _routes()
