"""The Django app of pricing."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "trivium.pricing"
    label = "pricing"
