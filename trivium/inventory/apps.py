"""The Django app of inventory."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "trivium.inventory"
    label = "inventory"
