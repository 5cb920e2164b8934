from django.contrib import admin
from django.urls import path

from project import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("django/hello/", views.hello),
    path("django/async/", views.hello_async),
    path("django/stream/", views.stream),
    path("django/async-stream/", views.stream_async),
    path("django/held-stream/", views.stream_held),
    path("django/endless-stream/<str:name>/", views.stream_endless),
    path("django/broken-stream/", views.stream_broken),
    path("django/odd-headers/", views.odd_headers),
    path("django/bodiless/<int:status>/", views.bodiless),
    path("django/form/", views.form),
    path("django/echo/", views.echo),
    path("django/broken/", views.broken),
    path("django/upload/", views.upload),
    path("django/file/", views.file),
    path("django/thread/", views.thread),
]
