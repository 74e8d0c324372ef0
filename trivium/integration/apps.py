"""The Django app of integration."""

from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "trivium.integration"
    label = "integration"

    def ready(self) -> None:
        from trivium.integration import jobs  # noqa: F401
