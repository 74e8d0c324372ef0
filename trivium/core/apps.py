"""The Django app of the mechanisms."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "trivium.core"
    label = "core"

    def ready(self) -> None:
        from trivium.core import jobs  # noqa: F401
