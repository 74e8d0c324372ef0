"""Marks messages for translation where Django may not be known; doors translate them."""


def gettext_noop(message: str) -> str:
    """Mark a message so that the extractor finds it; returns it unchanged."""
    return message
