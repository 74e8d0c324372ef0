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
