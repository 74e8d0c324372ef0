"""The Django app of parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "trivium.parties"
    label = "parties"

    def ready(self) -> None:
        from trivium.parties import jobs  # noqa: F401
