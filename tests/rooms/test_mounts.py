"""Routers in many places, and applications that are not ours below an API."""

from __future__ import annotations

import json
import re

import pytest

import wire
from serving import until

JSON = ("Content-Type", "application/json")
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]


@pytest.fixture
def mounted(shared):
    return shared(
        settings={
            "ROOT_URLCONF": "project.mounted",
            "ULTRAFOX": {"API": ["project.mounted.api", "project.mounted.second"]},
            "MIDDLEWARE": MIDDLEWARE,
        },
        meant=[r"ERROR [\w.]+ .*[\s\S]*on purpose"],
    )


class TestAsgi:
    def test_what_it_is_given(self, mounted):
        reply = mounted.ask("/api/asgi/a/b%20c?x=1", "POST", headers=[("Content-Type", "text/plain")], body=b"12345")
        said = reply.body.decode()
        assert said.startswith("POST ")
        assert "query=x=1" in said
        assert "body=5" in said
        assert re.search(r"root=\S*/api/asgi path=\S*/a/b c ", said), said

    @pytest.mark.parametrize("path", ["/api/asgi", "/api/asgi/"])
    def test_its_root(self, mounted, path):
        assert mounted.ask(path).status == 200

    def test_cookies(self, mounted):
        assert mounted.ask("/api/asgi/x").all("set-cookie") == ["a=1", "b=2"]

    def test_head(self, mounted):
        reply = mounted.ask("/api/asgi/x", "HEAD")
        assert (reply.status, reply.body) == (200, b"")

    def test_one_that_fails(self, mounted):
        reply = mounted.ask("/api/asgi/fails")
        assert (reply.status, b"on purpose" in reply.body) == (500, False)

    def test_a_stream_and_a_client_that_leaves(self, mounted):
        connection = mounted.wire()
        connection.send(wire.request("/api/asgi/stream?left-asgi"))
        until(lambda: b"3\n" in connection.buffer or (connection._more() and False), timeout=5, what="the first lines")
        assert mounted.json("/api/told/left-asgi") == []
        connection.close()
        until(lambda: mounted.json("/api/told/left-asgi") == ["finally"], timeout=3, what="the application's finally")


class TestDjangosViews:
    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("hello/", "nobody at /api/tree/hello/ of hello"),
            ("hello/w%C3%B6rld/", "wörld at /api/tree/hello/wörld/ of hello-word"),
            ("re/abc/", "abc at /api/tree/re/abc/ of re"),
            ("deep/er/", "nobody at /api/tree/deep/er/ of deeper"),
        ],
    )
    def test_by_their_patterns(self, mounted, path, said):
        reply = mounted.ask(f"/api/tree/{path}")
        assert (reply.status, reply.body.decode()) == (200, said)

    def test_nothing_there(self, mounted):
        assert mounted.ask("/api/tree/nothing/").status == 404
        assert mounted.ask("/api/tree/re/ABC/").status == 404

    def test_forms(self, mounted):
        form = ("Content-Type", "application/x-www-form-urlencoded")
        assert mounted.ask("/api/tree/echo/", "POST", headers=[form], body=b"a=1").body == b"POST 3 1"
        assert mounted.ask("/api/tree/echo/", "DELETE").body == b"DELETE 0 -"

    def test_csrf(self, mounted):
        assert mounted.ask("/api/tree/hello/", "POST", headers=[JSON], body=b"{}").status == 403

    def test_one_view(self, mounted):
        assert mounted.ask("/api/view").status == 200

    def test_one_that_fails(self, mounted):
        reply = mounted.ask("/api/tree/broken/")
        assert (reply.status, b"on purpose" in reply.body) == (500, False)

    @pytest.mark.parametrize("root", ["/admin", "/api/site/admin"])
    def test_the_admin(self, shared, root):
        """Log-in with its CSRF token, a page that needs it, log-out."""
        server = shared(
            settings={
                "ROOT_URLCONF": "project.mounted_admin",
                "ULTRAFOX": {"API": "project.mounted_admin.api"},
                "MIDDLEWARE": MIDDLEWARE,
            }
        )
        with server.client(follow_redirects=True) as client:
            page = client.get(f"{root}/login/")
            assert page.status_code == 200
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
            given = {"username": "admin", "password": "admin-password"}
            assert client.post(f"{root}/login/", data=given).status_code == 403
            entered = client.post(f"{root}/login/", data={**given, "csrfmiddlewaretoken": token, "next": f"{root}/"})
            assert entered.status_code == 200, entered.text
            assert "Site administration" in entered.text
            assert client.get(f"{root}/auth/user/").status_code == 200


class TestNinja:
    def test_a_router(self, mounted):
        assert mounted.json("/api/ninja/items/3?q=a") == {"id": 3, "q": "a"}
        made = mounted.ask("/api/ninja/items", "POST", headers=[JSON], body=b'{"name":"pen"}')
        assert (made.status, made.json()) == (201, {"name": "pen", "price": 1.0})
        assert mounted.json("/api/ninja/async") == {"async": True}

    def test_it_answers_as_it_did(self, mounted):
        reply = mounted.ask("/api/ninja/items/x")
        assert (reply.status, reply.json()["detail"][0]["loc"]) == (422, ["path", "item_id"])
        assert mounted.ask("/api/ninja/nothing").status == 404
        assert mounted.ask("/api/ninja/items/3", "DELETE").status == 405

    def test_an_error(self, mounted):
        reply = mounted.ask("/api/ninja/fails")
        assert (reply.status, b"on purpose" in reply.body) == (500, False)

    def test_an_api(self, mounted):
        assert mounted.json("/api/ninja-api/ping") == {"ninja": "pong"}
        assert mounted.json("/api/ninja-api/openapi.json")["info"]["title"] == "NinjaAPI"

    def test_our_own_beside_it(self, mounted):
        document = mounted.json("/api/openapi.json")
        assert "/api/one/{item_id}" in document["paths"]
        assert not any("ninja" in path for path in document["paths"])


class TestRouters:
    @pytest.mark.parametrize("prefix", ["/api/one", "/api/two", "/api/nested/items", "/second/items"])
    @pytest.mark.parametrize("way", ["", "/async"])
    def test_one_in_several_places(self, mounted, prefix, way):
        path = f"{prefix}{way}/3"
        assert mounted.json(path) == {"item": 3, "path": path}

    def test_a_parameter_in_the_prefix(self, mounted):
        assert mounted.json("/api/shops/4/5") == [4, 5]
        assert mounted.ask("/api/shops/x/5").status == 422

    def test_by_its_dotted_path(self, mounted):
        document = mounted.json("/api/openapi.json")
        assert any(path.startswith("/api/dotted/") for path in document["paths"])

    def test_each_api_has_its_document(self, mounted):
        one, two = mounted.json("/api/openapi.json"), mounted.json("/second/openapi.json")
        assert set(two["paths"]) == {"/second/items/{item_id}", "/second/items/async/{item_id}"}
        assert not set(one["paths"]) & set(two["paths"])
        names = [operation["operationId"] for path in one["paths"].values() for operation in path.values()]
        assert len(set(names)) == len(names), json.dumps(sorted(names))
