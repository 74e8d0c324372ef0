"""The site, as a WSGI server calls it. `trivium serve` sets DATABASE_URL before it gets here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
application = get_wsgi_application()
