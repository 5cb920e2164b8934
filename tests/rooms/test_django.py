"""The Django project around the APIs: settings, discovery, and what Django itself serves."""

from __future__ import annotations

import hashlib
import re

import httpx
import pytest

import wire

THIRD_PARTY = "project.middleware.ThirdParty"


class TestDiscovery:
    def test_beside_root_urlconf(self, server):
        server.alive()

    def test_in_an_installed_app(self, server):
        assert server.json("/library/shelves") == ["poetry", "travel"]
        assert server.ask("/library/none").json()["code"] == "not_found"

    def test_a_named_api_is_the_only_one(self, shared):
        server = shared(settings={"ULTRAFOX": {"API": "project.library.api.api"}})
        assert server.json("/library/shelves") == ["poetry", "travel"]
        assert server.ask("/api/ping").header("content-type").startswith("text/html")

    def test_a_list_of_names(self, shared):
        server = shared(settings={"ULTRAFOX": {"API": ["project.library.api.api", "project.api.api"]}})
        assert server.json("/library/shelves") == ["poetry", "travel"]
        server.alive()

    def test_a_wrong_name_stops_the_start(self, refused):
        assert "project.nowhere.api" in refused(settings={"ULTRAFOX": {"API": "project.nowhere.api"}})

    def test_a_broken_module_stops_the_start(self, refused):
        """With its own error: never served without its operations."""
        said = refused(settings={"ULTRAFOX": {"API": "project.broken.raises.api"}})
        assert "broken while it was imported" in said


class TestDeclarations:
    """What cannot be served as it is declared stops the start: it says where, what was given, and the cure."""

    @pytest.mark.parametrize(
        ("module", "words"),
        [
            ("keyword", ["respons", "response", "things"]),
            ("room", ["rate_limit", "things"]),
            ("path_name", ["thing_id", "things"]),
            ("inline_async", ["inline", "things"]),
            ("body_of_get", ["first", "GET", "Body()", "things"]),
            ("pattern", ["[", "q", "things"]),
        ],
    )
    def test_refused(self, refused, module, words):
        said = refused(settings={"ULTRAFOX": {"API": f"project.broken.{module}.api"}})
        assert [word for word in words if word not in said] == []
        assert "Traceback" not in said or f"{module}.py" in said


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "given", "nearest"),
        [
            ({"SLASH": "strict"}, "SLASH", "SLASHES"),
            ({"LIMITS": {"BODDY": 5}}, "BODDY", "BODY"),
            ({"POOL": {"THREAD": 5}}, "THREAD", "THREADS"),
            ({"MIDDLEWARE": {"SKIPS": []}}, "SKIPS", "SKIP"),
            ({"api": "project.api.api"}, "api", "API"),
        ],
    )
    def test_an_unknown_one_is_refused_with_the_nearest_name(self, refused, settings, given, nearest):
        said = refused(settings={"ULTRAFOX": settings})
        assert given in said and nearest in said
        assert "Traceback" not in said

    @pytest.mark.parametrize("name", ["RATE_LIMIT", "CORS", "CACHE"])
    def test_one_that_has_not_come_yet_is_not_swallowed(self, refused, name):
        assert name in refused(settings={"ULTRAFOX": {name: {}}})

    @pytest.mark.parametrize(
        "settings",
        [
            {"LIMITS": {"BODY": "big"}},
            {"POOL": {"THREADS": 0}},
            {"POOL": 5},
            {"LIMITS": {"CONNECTIONS": -1}},
            {"API": 5},
        ],
    )
    def test_a_wrong_value_is_refused(self, refused, settings):
        (name,) = settings
        assert name in refused(settings={"ULTRAFOX": settings})


class TestMiddleware:
    def with_third_party(self, **ultrafox):
        return {
            "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "ultrafox", "project.library"],
            "MIDDLEWARE": ["django.middleware.common.CommonMiddleware", THIRD_PARTY],
            "ROOT_URLCONF": "project.plain_urls",
            "ULTRAFOX": ultrafox,
        }

    def test_a_class_of_others_runs_around_operations(self, serve):
        server = serve(settings=self.with_third_party(API="project.library.api.api"))
        for path in ("/library/shelves", "/plain/"):
            reply = server.ask(path)
            assert (reply.status, reply.header("x-third-party")) == (200, "was here")

    def test_a_handler_on_the_loop_can_have_none_around_it(self, refused):
        said = refused(settings=self.with_third_party())
        assert THIRD_PARTY in said and "SKIP" in said
        assert "Traceback" not in said

    def test_a_class_of_django_that_guards_counts_as_well(self, refused):
        name = "django.contrib.auth.middleware.LoginRequiredMiddleware"
        said = refused(settings={**self.with_third_party(), "MIDDLEWARE": [name]})
        assert name in said and "SKIP" in said

    def test_until_it_is_named(self, serve):
        settings = self.with_third_party(API="project.library.api.api", MIDDLEWARE={"SKIP": [THIRD_PARTY]})
        server = serve(settings=settings)
        assert server.ask("/library/shelves").header("x-third-party") is None
        assert server.ask("/plain/").header("x-third-party") == "was here"

    def test_a_name_that_is_not_installed_is_refused(self, refused):
        assert "project.middleware.Other" in refused(
            settings={"ULTRAFOX": {"MIDDLEWARE": {"SKIP": ["project.middleware.Other"]}}}
        )


class TestViews:
    def test_a_view(self, server):
        reply = server.ask("/django/hello/?name=ann")
        assert (reply.status, reply.body) == (200, b"hello, ann; 30 books")
        assert reply.header("content-type") == "text/html; charset=utf-8"
        assert [value.split(";")[0] for value in reply.all("set-cookie")] == ["first=1", "second=2"]
        assert reply.header("x-frame-options") == "DENY"

    def test_an_async_view(self, server):
        assert server.ask("/django/async/").body == b"async, 30 books"

    def test_views_run_off_the_loop(self, server):
        assert server.json("/django/thread/") == {"main": False}

    def test_what_a_view_sees(self, server):
        reply = server.ask(
            "/django/echo/?a=1&b=%20",
            "POST",
            body=b"text",
            headers=[("Content-Type", "text/plain"), ("X-Word", "fox"), ("Cookie", "c=1")],
            host="localhost:8000",
        )
        assert reply.json() == {
            "method": "POST",
            "path": "/django/echo/",
            "full_path": "/django/echo/?a=1&b=%20",
            "query": {"a": "1", "b": " "},
            "host": "localhost:8000",
            "scheme": "http",
            "remote": "127.0.0.1",
            "x_word": "fox",
            "content_type": "text/plain",
            "body": "text",
            "cookies": {"c": "1"},
        }

    def test_a_body_of_some_size(self, server):
        data = bytes(range(256)) * 4000
        answer = server.json(
            "/django/upload/", "POST", body=data, headers=[("Content-Type", "application/octet-stream")]
        )
        assert answer == {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    def test_a_file_beyond_the_limit_of_operations(self, server):
        """Django bounds what it keeps in memory by itself."""
        with server.client() as client:
            assert client.post("/django/file/", files={"a": b"x" * 6_000_000}).json() == {"a": 6_000_000}
            assert client.post("/django/upload/", content=b"x" * 6_000_000).status_code in (400, 413)

    def test_the_limit_of_uploads(self, shared):
        server = shared(settings={"ULTRAFOX": {"LIMITS": {"UPLOAD": 100_000}}})
        assert server.ask("/django/upload/", "POST", body=b"x" * 100_000).status == 200
        reply = server.ask("/django/upload/", "POST", headers=[("Content-Length", "100001")])
        assert reply.status == 413

    def test_a_chunked_body(self, server):
        head = wire.request(
            "/django/upload/", "POST", headers=[("Transfer-Encoding", "chunked"), ("Content-Type", "x/y")]
        )
        assert wire.once(server.port, head + wire.chunked(b"abc", b"de")).json()["length"] == 5

    def test_head(self, server):
        with server.wire() as line:
            line.send(wire.request("/django/hello/", "HEAD") + wire.request("/api/ping"))
            assert line.receive(head=True).status == 200
            assert line.receive().status == 200

    def test_a_broken_view_tells_nothing(self, server):
        reply = server.ask("/django/broken/")
        assert reply.status == 500
        assert b"canary" not in reply.body and b"Traceback" not in reply.body

    def test_an_unknown_path_is_djangos_404(self, server):
        reply = server.ask("/none")
        assert (reply.status, reply.header("content-type")) == (404, "text/html; charset=utf-8")
        assert server.ask("/django/hello").header("location") == "/django/hello/"

    def test_a_form_with_its_token(self, server):
        with server.client(headers={"Host": "localhost"}) as client:
            token = client.get("/django/form/").text
            assert client.post("/django/form/", data={"word": "fox"}).status_code == 403
            reply = client.post("/django/form/", data={"word": "fox", "csrfmiddlewaretoken": token})
            assert (reply.status_code, reply.text) == (200, "posted fox")


class TestAdmin:
    @pytest.fixture
    def browser(self, server):
        with server.client(follow_redirects=True) as client:
            yield client

    def log_in(self, browser: httpx.Client, password: str) -> httpx.Response:
        page = browser.get("/admin/")
        assert page.url.path == "/admin/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        return browser.post(
            str(page.url),
            data={"username": "admin", "password": password, "csrfmiddlewaretoken": token, "next": "/admin/"},
        )

    def test_a_wrong_password(self, browser):
        assert "Please enter the correct username and password" in self.log_in(browser, "wrong").text
        assert browser.get("/admin/").url.path == "/admin/login/"

    def test_log_in_add_and_list(self, browser):
        reply = self.log_in(browser, "admin-password")
        assert (reply.status_code, reply.url.path) == (200, "/admin/")
        form = browser.get("/admin/library/author/add/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text).group(1)
        added = browser.post(
            "/admin/library/author/add/",
            data={"name": "Calvino", "email": "c@example.com", "csrfmiddlewaretoken": token, "_save": "Save"},
        )
        assert (added.status_code, added.url.path) == (200, "/admin/library/author/")
        assert "Calvino" in added.text and "was added successfully" in added.text

    @pytest.mark.parametrize("debug", [False, True])
    def test_its_static_files(self, server, shared, debug):
        server = shared(settings={"DEBUG": True}) if debug else server
        reply = server.ask("/static/admin/css/base.css")
        assert reply.status == 200
        assert reply.header("content-type").startswith("text/css")
        assert b"--primary" in reply.body

    @pytest.mark.parametrize(
        "path",
        ["../settings.py", "%2e%2e/settings.py", "..%2fsettings.py", "admin/../../settings.py", "none.css", "%00"],
    )
    def test_no_other_files(self, server, path):
        reply = server.ask(f"/static/{path}")
        assert reply.status in (400, 404)
        assert b"SECRET_KEY" not in reply.body


class TestBanner:
    def test_it_says_where_and_how_soon(self, serve):
        server = serve()
        server.json("/api/ping")
        server.stop()
        said = server.stdout.text + server.stderr.text
        assert f"http://127.0.0.1:{server.port}" in said
        assert re.search(r"[Rr]eady in \d", said)
        assert "0.1.0" in said

    def test_connections_that_do_not_persist_are_warned_about(self, serve):
        database = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        server = serve(settings={"DATABASES": database})
        server.json("/api/ping")
        server.stop()
        assert "CONN_MAX_AGE" in server.stdout.text + server.stderr.text

    def test_persistent_ones_are_not(self, server):
        assert "CONN_MAX_AGE" not in server.stdout.text + server.stderr.text

    def test_secrets_are_not_printed(self, server):
        assert "a-canary-that-no-reply" not in server.stdout.text + server.stderr.text

    def test_any_free_port(self, serve):
        """0 lets the system choose; the banner says which."""
        server = serve(options=["--port", "0"], wait=False)
        said = server.stderr.wait(lambda line: "http://127.0.0.1:" in line)
        server.port = int(re.search(r"http://127.0.0.1:(\d+)", said).group(1))
        server.ready()
        server.alive()

    @pytest.mark.parametrize(
        "options", [["--processes", "2"], ["--port", "70000"], ["--threads", "0"], ["--host", "nowhere.invalid"]]
    )
    def test_what_cannot_be_is_refused(self, refused, options):
        said = refused(options=options)
        assert options[1] in said and "Traceback" not in said

    def test_an_unknown_option_is_refused(self, refused):
        assert "--prot" in refused(options=["--prot", "80"])
