"""What is refused about the operator's entries into other workspaces."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadMinutes(Invalid):
    code = "parties.bad_minutes"
    message = _("An entry lasts 15, 30 or 60 minutes. Choose one of them.")


class NotEntered(Denied):
    code = "parties.not_entered"
    message = _("Nobody enters their own company, the operator’s or its house partner. Choose another company.")


class EntryOver(Conflict):
    code = "parties.entry_over"
    message = _("This entry is over. Enter the workspace again, with a reason, if there is more to do.")


class OnlyReading(Denied):
    code = "parties.only_reading"
    message = _("This entry is for reading only. End it, and enter again to act.")


class NotInEntry(Denied):
    code = "parties.not_in_entry"
    message = _("This cannot be done for a company from outside. Its own people have to do it.")
