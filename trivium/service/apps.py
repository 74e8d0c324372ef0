"""The Django app of service; makes its rights known before anybody's are looked up."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "trivium.service"
    label = "service"

    def ready(self) -> None:
        from trivium.service import rules  # noqa: F401
