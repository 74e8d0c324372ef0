"""The Django app of the sheets connector; makes its importer known."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "trivium.connectors.sheets"
    label = "sheets"

    def ready(self) -> None:
        from trivium.connectors.sheets.importing import SheetImporter
        from trivium.integration.rules import Kind, register_importer

        register_importer(Kind.GOODS, SheetImporter())
