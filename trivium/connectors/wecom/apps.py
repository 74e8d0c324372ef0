"""The Django app of WeCom; allauth finds its provider by it."""

from django.apps import AppConfig


class WecomConfig(AppConfig):
    name = "trivium.connectors.wecom"
    label = "wecom"
