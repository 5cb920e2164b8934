from __future__ import annotations

import sys
import types

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.urls import include, path, re_path

from ultrafox import API, discovery


@pytest.fixture
def shop(monkeypatch):
    """A module with two APIs."""
    module = types.ModuleType("shop_of_tests")
    module.first, module.second, module.again = API(title="first"), API(title="second"), None
    module.again = module.first
    monkeypatch.setitem(sys.modules, "shop_of_tests", module)
    return module


def refusal(*paths):
    with pytest.raises(ImproperlyConfigured) as refused:
        discovery.find(paths)
    return str(refused.value)


def found(*paths):
    return tuple(one.api for one in discovery.find(paths))


def test_beside_the_urls_and_in_every_app():
    assert [api.title for api in found()] == ["The tests' API", "Library"]


@override_settings(ROOT_URLCONF="urls", INSTALLED_APPS=[])
def test_a_project_without_packages(monkeypatch):
    module = types.ModuleType("urls")
    module.urlpatterns = []
    monkeypatch.setitem(sys.modules, "urls", module)
    assert found() == ()


def test_where_the_urls_mount_it(shop):
    module = types.ModuleType("urls_of_tests")
    mine = API(title="only here")
    deep = [path("v2/", shop.first.urls), re_path("^v3/", mine.urls), path("<tenant>/", mine.urls)]
    module.urlpatterns = [path("api/", shop.first.urls), path("deep/", include(deep)), path("", mine.urls)]
    with override_settings(ROOT_URLCONF=module):
        mounted = discovery.find(("shop_of_tests:first", "shop_of_tests:second"))
    assert [(one.api.title, one.prefix, one.in_urls) for one in mounted] == [
        ("second", "", False),
        ("first", "/api", True),
        ("first", "/deep/v2", True),
        ("only here", "", True),
    ]


def test_by_path_in_both_spellings(shop):
    assert found("shop_of_tests.second", "shop_of_tests:first") == (shop.second, shop.first)


def test_each_once(shop):
    assert found("shop_of_tests:first", "shop_of_tests.again", "shop_of_tests:first") == (shop.first,)


def test_what_is_not_there(shop):
    assert "expected a path such as 'shop.api:api', given 'api'" in refusal("api")
    assert "there is no module 'absent_module'" in refusal("absent_module.api")
    assert "there is no module 'project.absent'" in refusal("project.absent:api")
    assert "given nothing. Did you mean `first`?" in refusal("shop_of_tests:frist")
    assert "given nothing. There is `first`." in refusal("shop_of_tests:xyz")
    assert "given a module" in refusal("project.settings:os")


def test_an_error_inside_a_module_is_its_own(monkeypatch, tmp_path):
    (tmp_path / "broken_of_tests.py").write_text("import absent_of_broken")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="absent_of_broken"):
        discovery.find(("broken_of_tests:api",))
