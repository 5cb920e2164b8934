"""One Django project with the same routes three times: Ultrafox's view, Ninja's, and Django alone."""

import fox
import plain
import pony
from django.urls import path

urlpatterns = [
    path("fox/", fox.api.urls),
    path("ninja/", pony.api.urls),
    path("plain/json", plain.hello),
    path("plain/json-sync", plain.hello_sync),
]
