"""Where WeCom sends people back to."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from trivium.connectors.wecom.provider import WecomProvider

urlpatterns = default_urlpatterns(WecomProvider)
