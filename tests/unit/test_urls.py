from __future__ import annotations

import asyncio
import io
import types

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from fake_door import FakeDoor
from ultrafox import API, urls
from ultrafox.set_cookie import SetCookie
from ultrafox.target import of


def json_fields(flight):
    asked = flight.asked
    body = asked["body"] or b""
    return 200, [("content-type", "text/plain"), ("x-base", str(asked["base"]))], asked["target"].encode() + b" " + body


async def on_loop(flight):
    return 201, [("content-type", "text/plain")], b"async"


def fields(flight):
    listed = sorted(f"{name}={value}" for name, value in flight.asked["headers"])
    return 200, [("content-type", "text/plain")], "\n".join(listed).encode()


def cookies(flight):
    return (
        204,
        [("set-cookie", "a=1; Path=/; HttpOnly"), ("set-cookie", "a=2; Path=/b"), ("vary", "x"), ("vary", "y")],
        b"",
    )


def stream(flight):
    return 200, [("content-type", "text/plain")], iter([b"one", b"two"])


async def words():
    yield b"three"
    yield b"four"


def async_stream(flight):
    return 200, [("content-type", "text/plain")], words()


def failing(flight):
    raise LookupError("on purpose")


@pytest.fixture
def mounted(monkeypatch):
    """An API in a URLconf, with a door that is a fake."""
    api = API(version="1.0")
    for name in ("echo", "fields", "stream"):
        api.get(f"/{name}")(types.FunctionType(failing.__code__, {}, name))
    api.get("/items/{int:id}", name="get_item")(lambda request, id: None)
    api.get("/{kind}/of/{rest:path}", name="rest")(lambda request, kind, rest: None)
    door = FakeDoor(
        echo=json_fields,
        fields=fields,
        cookies=cookies,
        stream=stream,
        async_stream=async_stream,
        failing=failing,
        on_loop=on_loop,
    )
    monkeypatch.setattr(urls, "open_door", lambda apis, **_: door)
    module = types.ModuleType("urls_of_tests")
    module.urlpatterns = [
        path("api/", api.urls),
        path("shops/<shop>/", include([path("api/", urls.urls_of(api), name="second")])),
    ]
    with override_settings(ROOT_URLCONF=module, ALLOWED_HOSTS=["*"], MIDDLEWARE=[]):
        yield types.SimpleNamespace(api=api, door=door, client=Client(), aclient=AsyncClient())


def test_operations_are_named(mounted):
    assert reverse("api-1.0:get_item", kwargs={"id": 3}) in ("/api/items/3", "/shops/x/api/items/3")
    assert reverse("ultrafox:echo", current_app="api-1.0").endswith("/echo")


def test_the_match_says_which_operation(mounted):
    from django.urls import resolve

    match = resolve("/api/items/3")
    assert (match.url_name, match.kwargs, match.view_name) == ("get_item", {"id": 3}, "api-1.0:get_item")
    match = resolve("/shops/a/api/b/of/c/d")
    assert (match.url_name, match.kwargs) == ("rest", {"shop": "a", "kind": "b", "rest": "c/d"})
    assert resolve("/api/nothing/here").url_name is None


def test_the_door_gets_path_and_base(mounted):
    reply = mounted.client.get("/api/echo?a=1&b=%20")
    assert (reply.status_code, reply.content, reply["x-base"]) == (200, b"/api/echo?a=1&b=%20 ", "4")
    reply = mounted.client.get("/shops/a%20b/api/echo")
    assert (reply.content, reply["x-base"]) == (b"/shops/a%20b/api/echo ", str(len("/shops/a%20b/api")))


def test_under_a_script_name(mounted):
    reply = mounted.client.get("/api/echo", SCRIPT_NAME="/deep", PATH_INFO="/api/echo")
    assert (reply.content, reply["x-base"]) == (b"/deep/api/echo ", "9")


def test_a_body_is_read_in_pieces(mounted):
    reply = mounted.client.post("/api/echo", b"x" * 10, content_type="text/plain")
    assert reply.content == b"/api/echo " + b"x" * 10


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=3)
def test_djangos_limit_is_not_the_apis(mounted):
    assert mounted.client.post("/api/echo", b"x" * 10, content_type="text/plain").status_code == 200


def test_header_fields_come_through(mounted):
    reply = mounted.client.post(
        "/api/fields", b"{}", content_type="a/b", headers={"X-Some": "1", "Connection": "close"}
    )
    assert reply.content.decode().split("\n") == [
        "content-length=2",
        "content-type=a/b",
        "cookie=",
        "host=testserver",
        "x-some=1",
    ]


@override_settings(USE_X_FORWARDED_HOST=True)
def test_the_host_that_the_proxy_names(mounted):
    reply = mounted.client.get("/api/fields", headers={"X-Forwarded-Host": "outside.example", "Host": "inside"})
    assert b"\nhost=" not in b"\n" + reply.content.replace(b"host=outside.example", b"")


def test_cookies_go_out_as_they_were_written(mounted):
    reply = mounted.client.get("/api/cookies")
    assert reply.status_code == 204 and reply.content == b""
    assert [cookie.OutputString() for cookie in reply.cookies.values()] == ["a=1; Path=/; HttpOnly", "a=2; Path=/b"]
    assert "content-type" not in reply.headers and reply["Vary"] == "x, y"
    assert mounted.client.cookies["a"].value == "1"


def test_streams(mounted):
    assert b"".join(mounted.client.get("/api/stream").streaming_content) == b"onetwo"
    assert b"".join(mounted.client.get("/api/async_stream").streaming_content) == b"threefour"

    async def read(path):
        reply = await mounted.aclient.get(path)
        return b"".join([piece async for piece in reply.streaming_content])

    assert asyncio.run(read("/api/async_stream")) == b"threefour"
    assert asyncio.run(read("/api/stream")) == b"onetwo"


def test_what_comes_afterwards_runs_when_the_reply_is_closed(mounted):
    steps = []

    def handler(flight):
        flight.afterwards.append(lambda: steps.append("after"))
        return 200, [], b"x"

    mounted.door.handlers["/later"] = handler
    assert mounted.client.get("/api/later").content == b"x"
    assert steps == ["after"]
    assert asyncio.run(mounted.aclient.get("/api/later")).content == b"x"
    assert steps == ["after", "after"]


def test_both_doors_answer_alike(mounted):
    for name in ("/api/echo", "/api/on_loop", "/api/failing", "/api/absent", "/api/cookies"):
        sync = mounted.client.get(name)
        other = asyncio.run(mounted.aclient.get(name))
        assert (sync.status_code, sync.content, sync.headers) == (other.status_code, other.content, other.headers)


def test_head_has_the_length_of_get(mounted):
    reply = mounted.client.head("/api/echo")
    assert (reply.content, reply["Content-Length"]) == (b"", str(len("/api/echo ")))


def test_every_flight_is_closed(mounted):
    for name in ("echo", "cookies", "failing", "stream"):
        reply = mounted.client.get(f"/api/{name}")
        reply.close()
    assert all(flight.closed for flight in mounted.door.flights)


def test_a_view_is_what_its_handler_is():
    view = urls.View(urls.mount_of(API()), 0)
    assert not iscoroutinefunction(view)

    async def on_a_loop():
        return iscoroutinefunction(view)

    assert asyncio.run(on_a_loop())
    assert view.csrf_exempt and "default" in view._non_atomic_requests


def test_a_mount_without_a_slash_is_refused():
    request = RequestFactory().get("/apiitems")
    with pytest.raises(ImproperlyConfigured, match=r"given '/api'. Write `path\('api/', api.urls\)`"):
        of(request, len("items"))


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        ("/api/a%2Fb", "/api/a%2Fb"),
        ("/api/a%2Fb?x=1", "/api/a%2Fb"),
        ("/other/a%2Fb", "/api/a/b"),
        ("http://host/api/a/b", "/api/a/b"),
        ("", "/api/a/b"),
    ],
)
def test_the_target_is_taken_as_it_came_where_it_fits(raw, target):
    request = RequestFactory().get("/api/a/b", RAW_URI=raw)
    assert of(request, len("a/b")) == (target, 4)


def test_what_is_not_utf8_stays():
    request = RequestFactory().get("/api/%FF", RAW_URI="/api/%FF")
    assert of(request, len(request.path) - 5) == ("/api/%FF", 4)


def test_other_characters_are_quoted():
    request = RequestFactory().get("/äpi/ü x")
    assert of(request, 3) == ("/%C3%A4pi/%C3%BC%20x", len("/%C3%A4pi"))
    request.META["QUERY_STRING"] = "a=\xc3\xa4 b"
    assert of(request, 3)[0].endswith("?a=%C3%A4%20b")


def test_a_body_that_a_middleware_has_read(mounted):
    from ultrafox.mounted import _body

    request = RequestFactory().post("/", b"abc", content_type="text/plain")
    assert request.body == b"abc"
    assert _body(request) == b"abc"
    request = RequestFactory().post("/", {"file": io.BytesIO(b"x")})
    assert request.POST is not None
    with pytest.raises(Exception, match="given one that is gone"):
        _body(request)(10)


def test_a_chunked_body_is_read_where_the_server_ends_it():
    from ultrafox.mounted import _body

    request = RequestFactory().generic("POST", "/", HTTP_TRANSFER_ENCODING="chunked")
    request.environ["wsgi.input"] = io.BytesIO(b"abc")
    assert _body(request) is None
    request.environ["wsgi.input_terminated"] = True
    assert _body(request)(10) == b"abc"


def test_a_cookie_with_an_odd_name():
    assert SetCookie("a[]=1; Path=/").OutputString() == "a[]=1; Path=/"


def test_settings_that_change_make_a_new_engine(mounted, monkeypatch):
    made = []
    monkeypatch.setattr(urls, "open_door", lambda apis, **_: made.append(1) or mounted.door)
    with override_settings(DEBUG=True):
        mounted.client.get("/api/echo")
        mounted.client.get("/api/echo")
    mounted.client.get("/api/echo")
    assert len(made) == 2


def test_operations_may_come_after_the_urls():
    api = API(version="2")
    patterns = api.urls[0]
    api.get("/late", name="late")(lambda request: None)
    assert [pattern.name for pattern in patterns][:2] == [None, "late"]
