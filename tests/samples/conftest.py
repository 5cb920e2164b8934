"""Samples that call an API in the tests' own process need Django's settings there."""

from __future__ import annotations

import os

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")


@pytest.fixture(scope="session")
def django_here():
    django.setup()
