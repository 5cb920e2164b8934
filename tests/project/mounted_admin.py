"""The admin below an API, where a project has no other place for it."""

from django.contrib import admin
from django.urls import path

from ultrafox import API

api = API(prefix="/api")
api.mount_django("/site", [path("admin/", admin.site.urls)])
urlpatterns = [path("admin/", admin.site.urls)]
