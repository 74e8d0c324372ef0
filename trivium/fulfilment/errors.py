"""What fulfilment refuses."""

from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _


class NothingToShip(Conflict):
    code = "shipment.nothing_to_ship"
    message = _("Everything of this order has left already.")


class TrackingTaken(Conflict):
    code = "shipment.tracking_taken"
    message = _("The tracking number “%(number)s” already belongs to another parcel of %(carrier)s.")


class UnknownParcel(Invalid):
    code = "shipment.unknown_parcel"
    message = _("The parcel “%(number)s” does not belong to this shipment.")


class UnknownTrackingCode(Invalid):
    code = "shipment.unknown_code"
    message = _("“%(event)s” is no tracking event. Use one of: %(known)s.")


class AlreadySigned(Conflict):
    code = "shipment.already_signed"
    message = _("This shipment has been signed for already.")


class TooManyParcels(Invalid):
    code = "shipment.too_many_parcels"
    message = _("A shipment has at most %(limit)s parcels. Divide it.")


class BadTime(Invalid):
    code = "shipment.bad_time"
    message = _("“%(value)s” is not a moment that can have been. Write it as 2026-11-22T14:05:00+08:00.")
