"""The Django app of the portals."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "trivium.web"
    label = "web"
