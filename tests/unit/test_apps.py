from __future__ import annotations

from django.core import checks
from django.test import override_settings

from ultrafox.apps import check_settings


def test_settings_with_which_the_server_would_not_start():
    with override_settings(ULTRAFOX={"APIS": 1}):
        (found,) = check_settings()
    assert (found.id, found.level) == ("ultrafox.E001", checks.ERROR)
    assert "Did you mean `API`?" in found.msg
    assert check_settings() == []


def test_the_check_is_registered():
    assert check_settings in checks.registry.registry.get_checks()
