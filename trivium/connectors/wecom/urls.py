"""Where WeCom sends people back to, and where it tells of its members."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.urls import path

from trivium.connectors.wecom.messages import messages
from trivium.connectors.wecom.provider import WecomProvider

urlpatterns = [path("wecom/messages/", messages, name="wecom_messages"), *default_urlpatterns(WecomProvider)]
