"""The files pages load, gathered once per start: named by their content, compressed, kept by browsers for good."""

from django.conf import settings
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


def collect() -> None:
    """Put every static file, hashed and compressed, where the site's processes serve it from."""
    storage = CompressedManifestStaticFilesStorage(location=settings.STATIC_ROOT, base_url=settings.STATIC_URL)
    command = Command()
    command.storage = storage
    call_command(command, interactive=False, verbosity=0)
