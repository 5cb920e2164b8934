"""For ASGI servers: `uvicorn atlas.asgi:application`. `runfox` needs none of this."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

application = get_asgi_application()
