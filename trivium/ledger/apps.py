"""The Django app of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "trivium.ledger"
    label = "ledger"

    def ready(self) -> None:
        from trivium.ledger import jobs  # noqa: F401
