"""The Django app of the portals; makes known who writes the mails that lead there, and the documents."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "trivium.web"
    label = "web"

    def ready(self) -> None:
        from trivium.notices.rules import register_composer
        from trivium.web.shared import documents
        from trivium.web.shared.mails import compose

        register_composer(compose)
        documents.register()
