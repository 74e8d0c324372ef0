"""The Django app of the folder; makes it known as a sender."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "trivium.connectors.texts"
    label = "texts"

    def ready(self) -> None:
        """Register the sender."""
        from trivium.connectors.texts.sender import Folder
        from trivium.parties.rules import register_text_sender

        register_text_sender(Folder())
