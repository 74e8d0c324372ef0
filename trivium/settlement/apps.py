"""The Django app of settlement."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "trivium.settlement"
    label = "settlement"

    def ready(self) -> None:
        from trivium.settlement import jobs  # noqa: F401
