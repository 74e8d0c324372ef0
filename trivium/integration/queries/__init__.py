"""Reads of integration."""

from trivium.integration.queries.imports import (
    CHECKS,
    ImportRow,
    faults,
    folder,
    get_import,
    import_list,
    imports,
    imports_lose_no_line,
    is_supplier,
    quarantine,
    running_imports_go_on,
)
from trivium.integration.queries.sheets import Standing, base_list, sheet, standing

__all__ = [
    "CHECKS",
    "ImportRow",
    "Standing",
    "base_list",
    "faults",
    "folder",
    "get_import",
    "import_list",
    "imports",
    "imports_lose_no_line",
    "is_supplier",
    "quarantine",
    "running_imports_go_on",
    "sheet",
    "standing",
]
