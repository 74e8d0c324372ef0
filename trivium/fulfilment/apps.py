"""The Django app of fulfilment."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "trivium.fulfilment"
    label = "fulfilment"
