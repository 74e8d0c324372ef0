"""What service refuses."""

from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _


class BadKind(Invalid):
    code = "ticket.bad_kind"
    message = _("“%(kind)s” is no kind of ticket. Use one of: %(known)s.")


class BadOutcome(Invalid):
    code = "ticket.bad_outcome"
    message = _("A ticket cannot end as “%(outcome)s” here. Use one of: %(known)s.")


class BadPage(Invalid):
    code = "ticket.bad_page"
    message = _("“%(page)s” is no page of this site. Name its path, such as /buyer/orders/.")


class NotAnAbout(Invalid):
    code = "ticket.not_an_about"
    message = _("A ticket can be about an order or a product. Give an order’s number or reference, or a product’s.")


class TooLateToReopen(Conflict):
    code = "ticket.too_late_to_reopen"
    message = _("A closed ticket can be opened again for %(days)s days. Open a new one, and name this one in it.")


class BadAnnouncement(Invalid):
    code = "announcement.bad_kind"
    message = _("“%(kind)s” is no kind of announcement. Use one of: %(known)s.")


class BadGroup(Invalid):
    code = "announcement.bad_group"
    message = _("“%(role)s” is no group. Address operator, supplier, partner or buyer.")


class NobodyAddressed(Invalid):
    code = "announcement.nobody_addressed"
    message = _("Nobody would read this. Choose a role, or name companies.")


class UnknownCompany(Invalid):
    code = "announcement.unknown_company"
    message = _("There is no company “%(name)s”. Write its name as its page shows it, or its reference.")


class TooManyCompanies(Invalid):
    code = "announcement.too_many_companies"
    message = _("At most %(limit)s companies can be named. Address a role instead.")


class LacksLanguage(Invalid):
    code = "announcement.lacks_language"
    message = _("Write it in both languages: some of those it goes to read only one of them.")


class AlreadyOver(Invalid):
    code = "announcement.already_over"
    message = _("That day is over. Choose today or a later one, or leave it empty.")


class NothingToAcknowledge(Conflict):
    code = "announcement.nothing_to_acknowledge"
    message = _("This announcement asks for no acknowledgement.")


class UnknownStep(Invalid):
    code = "onboarding.unknown_step"
    message = _("“%(step)s” is none of the first steps here.")
