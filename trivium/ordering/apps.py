"""The Django app of ordering."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    name = "trivium.ordering"
    label = "ordering"

    def ready(self) -> None:
        from trivium.ordering import jobs  # noqa: F401
