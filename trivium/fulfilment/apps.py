"""The Django app of fulfilment; makes its rights known before anybody's are looked up."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "trivium.fulfilment"
    label = "fulfilment"

    def ready(self) -> None:
        from trivium.fulfilment import rules  # noqa: F401
