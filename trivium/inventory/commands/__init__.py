"""The acts on stock: goods come, go and are counted; orders hold, release and take them."""

from trivium.inventory.commands.goods import (
    count_stock,
    move_stock,
    open_location,
    receive,
    set_backorder,
    write_off,
)
from trivium.inventory.commands.holds import capture, lock_stock, release, reserve, take_back
from trivium.inventory.commands.holidays import remove_holiday, set_holiday

__all__ = [
    "capture",
    "count_stock",
    "lock_stock",
    "move_stock",
    "open_location",
    "receive",
    "release",
    "remove_holiday",
    "reserve",
    "set_backorder",
    "set_holiday",
    "take_back",
    "write_off",
]
