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


class NotASheet(Invalid):
    code = "integration.not_a_sheet"
    message = _("This is no CSV file, whatever its name says. Save the sheet as CSV (UTF-8) and hand it in again.")


class BadCell(Invalid):
    code = "integration.bad_cell"
    message = _("“%(value)s” cannot be read in the column %(column)s. It takes %(takes)s.")


class NoSuchCategory(Invalid):
    code = "integration.no_such_category"
    message = _("There is no category “%(value)s”. Write its code or its name, as the shelf shows it.")


class NewGoodsNeedMore(Invalid):
    """A code nobody knows yet, on a row that does not say what it is."""

    code = "integration.new_goods_need_more"
    message = _("%(code)s is a new code: a new product needs a name and a category. Write them, or correct the code.")


class NotTheLead(Invalid):
    """A row of a further size or pack that would rewrite its product."""

    code = "integration.not_the_lead"
    message = _("The %(column)s of this product stands on the row of %(lead)s. Write it there.")


class StillRunning(Conflict):
    """Another sheet of the same supplier is being read."""

    code = "integration.still_running"
    message = _("Another sheet of yours is being read. Hand this one in when it has ended.")


class MissingColumns(Invalid):
    code = "integration.missing_columns"
    message = _("The file lacks the columns %(missing)s. It needs %(needed)s.")


class AlreadyRunning(Conflict):
    code = "integration.already_running"
    message = _("Another import of this supplier is running. Release this one when it has ended.")


class NoContract(Conflict):
    code = "integration.no_contract"
    message = _("This supplier has no share contract that both sides have signed. Sign one first.")
