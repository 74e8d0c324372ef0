"""The Django app of service; makes its rights and jobs known before anybody's are looked up."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "trivium.service"
    label = "service"

    def ready(self) -> None:
        from trivium.service import jobs, rules  # noqa: F401
