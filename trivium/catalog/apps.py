"""The Django app of the catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "trivium.catalog"
    label = "catalog"

    def ready(self) -> None:
        from trivium.catalog import jobs  # noqa: F401
