"""The APIs of `project.mounted` in a URLconf."""

from django.contrib import admin
from django.urls import path

from project.mounted import api, second

urlpatterns = [path("admin/", admin.site.urls), path("shop/", api.urls), path("again/", second.urls)]
