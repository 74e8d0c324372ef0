"""What parties refuse about a company's own particulars."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadAccount(Invalid):
    code = "parties.bad_account"
    message = _("This is no bank account: write 6 to 30 digits, or an IBAN with its check digits.")


class ChangedMeanwhile(Conflict):
    """Somebody else has changed it since it was looked at."""

    code = "parties.changed_meanwhile"
    message = _("Somebody has changed this since you opened it: %(changed)s. Look at it as it is now, then decide.")


class AlreadyAsked(Conflict):
    code = "parties.change_already_asked"
    message = _("Such a change waits for the operator already. Take it back first if you want another one.")


class NothingToChange(Invalid):
    code = "parties.nothing_to_change"
    message = _("This is what is in force already. Write what it shall be instead.")


class OwnChange(Denied):
    code = "parties.own_change"
    message = _("Nobody decides on a change of a company they work in. A colleague has to decide.")


class ValuesMoved(Conflict):
    code = "parties.values_moved"
    message = _("What this change was asked for is no longer in force. Decline it, and let the company ask anew.")
