"""The URLs of the project. `runfox` serves the API from Rust; gunicorn and uvicorn reach it through Django."""

from django.contrib import admin
from django.urls import path

from world.api import api
from world.views import index

urlpatterns = [
    path("", index, name="index"),
    path("admin/", admin.site.urls),
    path("api/", api.urls),
]
