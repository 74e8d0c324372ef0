"""What the operator did in a company's workspace, by the names of the acts."""

from collections.abc import Mapping

from trivium.core.i18n import gettext_noop as _

WORDS: Mapping[str, Mapping[str, str]] = {
    "act": {
        "ordering._put": _("Put goods into the cart"),
        "ordering._take_out": _("Took goods out of the cart"),
        "ordering.place_order": _("Placed an order"),
        "ordering.cancel_order": _("Cancelled an order"),
        "fulfilment.dispatch": _("Sent goods"),
        "catalog.create_products": _("Added a product"),
        "catalog.add_sku": _("Added a specification"),
        "catalog.revise_product": _("Changed a product"),
        "catalog.revise_sku": _("Changed a specification"),
        "catalog._set_listed": _("Put a specification on or off sale"),
        "catalog._set_product_listed": _("Put a product on or off sale"),
        "catalog._add": _("Added pictures"),
        "catalog.arrange_pictures": _("Arranged pictures"),
        "catalog.remove_picture": _("Removed a picture"),
        "inventory.open_location": _("Opened a warehouse"),
        "inventory.receive": _("Booked goods in"),
        "inventory.count_stock": _("Counted stock"),
        "inventory.move_stock": _("Moved stock"),
        "inventory.write_off": _("Wrote stock off"),
        "inventory.set_backorder": _("Changed whether goods are sold before they are there"),
        "inventory.set_holiday": _("Set a holiday"),
        "inventory.remove_holiday": _("Took a holiday back"),
        "pricing.set_freight_rates": _("Set the delivery rates"),
        "pricing.put_freight_rate": _("Set a delivery rate"),
        "pricing.remove_freight_rate": _("Removed a delivery rate"),
    },
}
