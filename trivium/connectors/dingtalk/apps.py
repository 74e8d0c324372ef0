"""The Django app of DingTalk; allauth finds its provider by it."""

from django.apps import AppConfig


class DingTalkConfig(AppConfig):
    name = "trivium.connectors.dingtalk"
    label = "dingtalk"
