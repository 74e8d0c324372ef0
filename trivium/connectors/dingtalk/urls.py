"""Where DingTalk sends people back to, and where it tells of its members."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.urls import path

from trivium.connectors.dingtalk.messages import messages
from trivium.connectors.dingtalk.provider import DingTalkProvider

urlpatterns = [path("dingtalk/messages/", messages, name="dingtalk_messages"), *default_urlpatterns(DingTalkProvider)]
