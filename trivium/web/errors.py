"""What the portals themselves refuse: what a person has typed that cannot be read."""

from trivium.core.errors import Invalid
from trivium.core.i18n import gettext_noop as _


class BadDate(Invalid):
    code = "web.bad_date"
    message = _("“%(value)s” is not a date. Write it as 2026-11-22.")


class BadTime(Invalid):
    code = "web.bad_time"
    message = _("“%(value)s” is not a time of day. Write it as 14:30.")


class BadChoice(Invalid):
    code = "web.bad_choice"
    message = _("“%(value)s” is not one of the choices here. Choose another.")


class NothingChosen(Invalid):
    code = "web.nothing_chosen"
    message = _("No row is chosen. Tick the rows this is meant for.")


class TooManyChosen(Invalid):
    code = "web.too_many_chosen"
    message = _("At most %(most)s rows can be done at once. Choose fewer.")


class BadBand(Invalid):
    code = "web.bad_band"
    message = _("“%(value)s” is no band. Write the volume and its percentage, such as 100000: 6.")
