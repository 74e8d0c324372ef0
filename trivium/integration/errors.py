"""What integration refuses."""

from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _


class FileTooLarge(Invalid):
    code = "integration.file_too_large"
    message = _("This file is larger than %(limit)s MB. Divide it, or ask the operator to replay it.")


class EmptyFile(Invalid):
    code = "integration.empty_file"
    message = _("This file is empty, or none was chosen.")


class NotInvoices(Invalid):
    code = "integration.not_invoices"
    message = _("This is neither Parquet nor CSV in UTF-8 or Windows-1252, whatever its name says.")


class MissingColumns(Invalid):
    code = "integration.missing_columns"
    message = _("The file lacks the columns %(missing)s. It needs %(needed)s.")


class AlreadyRunning(Conflict):
    code = "integration.already_running"
    message = _("Another import of this supplier is running. Release this one when it has ended.")


class NoContract(Conflict):
    code = "integration.no_contract"
    message = _("This supplier has no share contract that both sides have signed. Sign one first.")
