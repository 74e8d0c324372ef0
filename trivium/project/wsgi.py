"""The site, as a WSGI server calls it. `trivium serve` sets DATABASE_URL before it gets here."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
application = get_wsgi_application()

# What is loaded by now stays for good: the collector need not look at it again, nor so often at what a request leaves.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
