"""The Django app of the invoices connector; makes its importer known."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "trivium.connectors.invoices"
    label = "invoices"

    def ready(self) -> None:
        from trivium.connectors.invoices.importing import InvoiceImporter
        from trivium.integration.rules import Kind, register_importer

        register_importer(Kind.INVOICES, InvoiceImporter())
