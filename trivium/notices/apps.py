"""The Django app of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "trivium.notices"
    label = "notices"

    def ready(self) -> None:
        from trivium.notices import jobs  # noqa: F401
