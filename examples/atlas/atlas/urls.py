"""What Django serves. The API is not named here: `runfox` finds it in `world/api.py`."""

from django.contrib import admin
from django.urls import path

from world.views import index

urlpatterns = [
    path("", index, name="index"),
    path("admin/", admin.site.urls),
]
