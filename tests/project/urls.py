from django.contrib import admin
from django.urls import path

from project import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("django/hello/", views.hello),
    path("django/async/", views.hello_async),
    path("django/stream/", views.stream),
    path("django/async-stream/", views.stream_async),
    path("django/form/", views.form),
    path("django/echo/", views.echo),
    path("django/broken/", views.broken),
    path("django/upload/", views.upload),
    path("django/thread/", views.thread),
]
