"""For WSGI servers: `gunicorn atlas.wsgi`. `runfox` needs none of this."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

application = get_wsgi_application()
