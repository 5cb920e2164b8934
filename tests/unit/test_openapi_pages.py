"""The pages of the OpenAPI document, without a server."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from ultrafox import API
from ultrafox.openapi import files, pages
from ultrafox.openapi.document import document


def served(api: API, **where: Any) -> dict[str, Any]:
    return {page.path: page.function for page in pages(api, **where)}


def get(api: API, path: str, at: str | None = None) -> Any:
    return served(api)[path](RequestFactory().get(at or path))


def test_what_there_is():
    version = "/docs/assets/{version}/{file}"
    assert set(served(API())) == {"/openapi.json", "/schema", "/docs", version}
    assert set(served(API(docs=None))) == {"/openapi.json", "/schema"}
    assert set(served(API(openapi={"openapi_url": None}))) == {"/schema", "/docs", version}
    assert served(API(openapi_url=None)) == {}
    assert served(API(openapi=False)) == {}
    assert served(API(openapi={"openapi_url": None, "schema_url": None})) == {}


def test_what_the_api_has_itself_is_left_to_it():
    assert "/docs" not in served(API(prefix="/api"), taken=["/api/docs"])
    assert "/docs" in served(API(prefix="/api"), taken=["/docs"])


def test_an_operation_at_the_same_path_wins():
    api = API()
    api.get("/docs")(lambda request: None)
    found = [operation.path for _, operation in api.freeze()]
    assert found.count("/docs") == 1 and "/openapi.json" in found


class TestDocument:
    @pytest.mark.parametrize(
        ("at", "servers"),
        [("/api/openapi.json", None), ("/shop/api/openapi.json", [{"url": "/shop"}]), ("/elsewhere", None)],
    )
    def test_says_below_what_it_is_mounted(self, at, servers):
        reply = get(API(prefix="/api"), "/openapi.json", at)
        assert json.loads(reply.content).get("servers") == servers
        assert reply["Content-Type"] == "application/json" and reply["X-Content-Type-Options"] == "nosniff"

    def test_is_not_made_for_each_prefix(self, monkeypatch):
        made = []
        # The package has a function of this name.
        module = importlib.import_module("ultrafox.openapi.pages")
        monkeypatch.setattr(module, "document", lambda *a, **k: made.append(k) or document(*a, **k))
        ask = served(API(title='a"b'))["/openapi.json"]
        for number in range(100):
            reply = ask(RequestFactory().get(f"/tenant-{number}/ä%22/openapi.json"))
            assert json.loads(reply.content)["servers"] == [{"url": f'/tenant-{number}/ä"'}]
        assert "servers" not in json.loads(ask(RequestFactory().get("/openapi.json")).content)
        assert len(made) == 2

    def test_servers_of_the_configuration_stay(self):
        reply = get(API(servers=["/v1"]), "/openapi.json", "/shop/openapi.json")
        assert json.loads(reply.content)["servers"] == [{"url": "/v1"}]

    def test_is_made_once(self):
        api = API()
        ask = served(api)["/openapi.json"]
        first = ask(RequestFactory().get("/openapi.json")).content
        api.get("/later")(lambda request: None)
        assert ask(RequestFactory().get("/openapi.json")).content == first


class TestSwagger:
    @pytest.mark.parametrize(
        ("config", "document", "assets"),
        [
            ({}, "openapi.json", "docs/assets"),
            ({"path": "/docs/ui"}, "../openapi.json", "ui/assets"),
            ({"path": "/docs/"}, "../openapi.json", "assets"),
            ({"path": "/docs/", "openapi_url": "/docs/api.json"}, "api.json", "assets"),
        ],
    )
    def test_names_its_neighbours_so_that_any_prefix_may_be_before_them(self, config, document, assets):
        api = API(openapi=config)
        page = get(api, config.get("path", "/docs")).content.decode()
        assert f'data-document="{document}"' in page
        assert f'src="{assets}/{files.version()}/docs.js"' in page

    def test_escapes(self):
        api = API(title='"><script>alert(1)</script>', openapi={"swagger": {"filter": '"><script>'}})
        page = get(api, "/docs").content.decode()
        assert "<script>" not in page and "&quot;&gt;&lt;script&gt;" in page

    def test_may_reach_the_servers_that_are_named(self):
        api = API(servers=["https://a.example/v1", {"url": "/v2"}, "https://{region}.b.example"])
        policy = get(api, "/docs")["Content-Security-Policy"]
        assert "connect-src 'self' https://a.example https:;" in policy

    @override_settings(CSRF_COOKIE_NAME="mine", CSRF_HEADER_NAME="HTTP_X_MY_TOKEN")
    def test_follows_the_settings_of_django(self):
        page = get(API(), "/docs").content.decode()
        assert 'data-csrf-cookie="mine"' in page and 'data-csrf-header="X-MY-TOKEN"' in page


class TestScalar:
    def test_is_off_unless_it_is_wanted(self):
        assert not any("reference" in path for path in served(API()))

    def test_is_quiet(self):
        api = API(openapi={"scalar": "/reference", "scalar_script": "https://cdn.example/scalar.js"})
        reply = get(api, "/reference")
        assert "script-src 'self' https://cdn.example;" in reply["Content-Security-Policy"]
        assert 'src="https://cdn.example/scalar.js"' in reply.content.decode()
        script = files.content("scalar.js").decode()
        assert "telemetry: false" in script and "withDefaultFonts: false" in script


class TestFiles:
    def test_all_are_in_the_package_with_their_licence(self):
        for name in files.TYPES:
            assert files.content(name)
        for name in ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"):
            assert files.content(name)

    def ask(self, version: str, name: str) -> Any:
        return served(API())["/docs/assets/{version}/{file}"](RequestFactory().get("/"), version, name)

    def test_may_be_kept(self):
        reply = self.ask(files.version(), "swagger-ui.css")
        assert reply.status_code == 200 and "immutable" in reply["Cache-Control"]
        assert reply["Content-Type"] == "text/css; charset=utf-8"

    @pytest.mark.parametrize(("version", "name"), [("old", "docs.js"), (None, "LICENSE"), (None, "../files.py")])
    def test_no_others(self, version, name):
        assert self.ask(version or files.version(), name).status_code == 404
