"""What the ledger refuses."""

from trivium.core.errors import Conflict
from trivium.core.i18n import gettext_noop as _


class Overdrawn(Conflict):
    """Less is left above the account's floor than the act would take or hold."""

    code = "ledger.overdrawn"
    message = _("There is not enough left on the account “%(account)s” for this.")


class HoldResolved(Conflict):
    """A hold is captured or released exactly once, and this one was; or it never was there."""

    code = "ledger.hold_resolved"
    message = _("Nothing is held for “%(subject)s” any more: it was used or given back already.")


class HoldDiffers(Conflict):
    """The same subject already holds another amount on the account."""

    code = "ledger.hold_differs"
    message = _("Another amount is already held on “%(account)s” for “%(subject)s”. Release that first.")


class AlreadyReversed(Conflict):
    """An entry is reversed once; a reversal can itself be reversed."""

    code = "ledger.already_reversed"
    message = _("The entry “%(key)s” was reversed already.")
