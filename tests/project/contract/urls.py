from django.urls import path

from project.contract.api import api

urlpatterns = [path("contract/", api.urls)]
