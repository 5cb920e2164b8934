"""A URLconf with nothing beside it that needs more than a few apps."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("plain/", lambda request: HttpResponse("plain"))]
