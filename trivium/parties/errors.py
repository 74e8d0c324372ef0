"""What parties refuse."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadPhone(Invalid):
    code = "parties.bad_phone"
    message = _("No such phone can be called. Write its number, outside China with + and the country's code.")


class NoPartner(Conflict):
    code = "parties.no_partner"
    message = _("This company has no channel partner yet. The operator assigns one before the first order.")


class AlreadyAssigned(Conflict):
    code = "parties.already_assigned"
    message = _("This buyer already belongs to a partner at that time. End that assignment first.")


class Suspended(Conflict):
    code = "parties.suspended"
    message = _("%(name)s is suspended and takes no new orders. Earlier orders go on.")


class OwnRequest(Denied):
    code = "parties.own_request"
    message = _("Nobody approves what they asked for themselves. A colleague has to decide.")


class AlreadyDecided(Conflict):
    code = "parties.already_decided"
    message = _("This approval is already decided, or you have already voted on it.")


class NotAnApprover(Denied):
    code = "parties.not_an_approver"
    message = _("Your job in the company does not include this decision. Ask one of its approvers.")


class MailTaken(Conflict):
    code = "parties.mail_taken"
    message = _("A person with this mail address is already registered.")


class BadRole(Invalid):
    code = "parties.bad_role"
    message = _("“%(role)s” is not one of the roles operator, supplier, partner, buyer.")


class NotInRole(BadRole):
    code = "parties.not_in_role"
    message = _("This company has not been admitted as %(role)s. Admit it in that role first, or name another.")


class BadJob(BadRole):
    code = "parties.bad_job"
    message = _("“%(job)s” is not one of the jobs admin, staff, approver, finance, requester.")


class NoScope(Invalid):
    code = "parties.no_scope"
    message = _("Choose at least one scope: a key without one opens nothing.")


class BadScope(Invalid):
    code = "parties.bad_scope"
    message = _("“%(scope)s” is not a scope. Scopes are areas with :read or :write, such as orders:read.")


class ScopeBeyondOwn(Denied):
    code = "parties.scope_beyond_own"
    message = _("This key does not have the scope %(scope)s and so cannot give it to another key.")


class BadExpiry(Invalid):
    code = "parties.bad_expiry"
    message = _("A key can end only in the future. Choose a later day, or none.")


class BadCurrency(Invalid):
    code = "parties.bad_currency"
    message = _("“%(value)s” is not a currency. Write its three capital letters, such as CNY.")


class BadCountry(Invalid):
    code = "parties.bad_country"
    message = _("“%(value)s” is not a country. Write its two capital letters, such as CN.")


class BadPreference(Invalid):
    code = "parties.bad_preference"
    message = _("This setting cannot be kept: it is unknown, or too long. Choose from what the page offers.")


class TooManyKept(Conflict):
    code = "parties.too_many_kept"
    message = _("At most %(most)s can be kept here. Delete one you no longer need.")


class ViewIsThere(Conflict):
    code = "parties.view_is_there"
    message = _("You already have a view called “%(name)s” here. Choose another name.")


class OtherWords(Conflict):
    code = "parties.other_words"
    message = _("The words you agree to have been changed. Read the new ones first.")


class NotThisAddress(Invalid):
    code = "parties.not_this_address"
    message = _("This is not your mail address. Type it as it stands above, if you mean it.")


class AlreadyErased(Conflict):
    code = "parties.already_erased"
    message = _("This person has been erased already.")


class OnlyAdministrator(Conflict):
    code = "parties.only_administrator"
    message = _("%(name)s would be left without an administrator. Make somebody else one first.")
