"""The request as Django's: forms, files, sessions, users, messages, and what Django's functions do with it."""

from __future__ import annotations

import io

import msgspec
import pytest
from django.contrib import messages
from django.contrib.auth import alogin, alogout, get_user_model, login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.test import override_settings

from stepping import KINDS, as_kind, serve
from ultrafox import API, Form, Request, UploadFile
from ultrafox.testing import AsyncTestClient, TestClient

FORM = {"name": "ann", "tags": ["a", "ä b"]}
FILE = {"picture": ("a.png", b"\x89PNG", "image/png")}


def client(handler, method="POST", **options) -> TestClient:
    return serve(handler, method=method, raises=True, **options)


class TestDjangos:
    @KINDS
    def test_is_one(self, kind):
        def handler(request: Request):
            assert isinstance(request, HttpRequest)
            return [
                request.get_signed_cookie("signed", salt="s"),
                request.get_signed_cookie("forged", "no", salt="s"),
                request.accepts("text/html"),
                request.accepts("image/png"),
                request.get_full_path(),
                request.get_port(),
                request.content_params,
            ]

        signing = HttpResponse()
        signing.set_signed_cookie("signed", "fox", salt="s")
        asked = client(as_kind(kind, handler)).post(
            "/?a=%20b",
            cookies={"signed": signing.cookies["signed"].value, "forged": "fox:x"},
            headers={"Accept": "text/html;q=0.5, text/plain;q=0.4", "Content-Type": "text/plain; charset=latin-1"},
            content=b"x",
        )
        cookie, forged, html, png, path, port, params = asked.json()
        assert (cookie, forged, html, png, path, port) == ("fox", "no", True, False, "/?a=%20b", "80")
        assert params == {"charset": "latin-1"}

    def test_cannot_be_made(self):
        with pytest.raises(TypeError, match="requests are made by the server alone"):
            Request()

    @KINDS
    def test_proxies(self, kind):
        def handler(request):
            return [request.scheme, request.is_secure(), request.get_host(), request.build_absolute_uri("/x")]

        headers = {"X-Forwarded-Host": "shop.example.com", "X-Forwarded-Proto": "https"}
        plain = client(as_kind(kind, handler), "GET")
        assert plain.get("/", headers=headers).json() == ["http", False, "testserver", "http://testserver/x"]
        trusting = {
            "ALLOWED_HOSTS": ["shop.example.com"],
            "USE_X_FORWARDED_HOST": True,
            "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        }
        with override_settings(**trusting):
            assert plain.get("/", headers=headers).json() == [
                *("https", True, "shop.example.com", "https://shop.example.com/x")
            ]
            assert plain.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400

    @KINDS
    def test_state_is_each_requests_own(self, kind):
        def handler(request):
            before = dict(request.state)
            request.state["seen"] = 1
            return [before, request.get("seen"), request.get("auth", "nobody"), request.get("other", 2)]

        asking = client(as_kind(kind, handler), "GET")
        assert [asking.get("/").json() for _ in range(2)] == [[{}, 1, "nobody", 2]] * 2


class TestBodies:
    @KINDS
    def test_a_form_that_nobody_declared(self, kind):
        def handler(request):
            return [dict(request.POST.lists()), dict(request.FILES), isinstance(request.POST, QueryDict)]

        asked = client(as_kind(kind, handler)).post("/", data=FORM).json()
        assert asked == [{"name": ["ann"], "tags": ["a", "ä b"]}, {}, True]

    @KINDS
    def test_files_that_nobody_declared(self, kind):
        def handler(request):
            file = request.FILES["picture"]
            return [dict(request.POST.lists()), file.name, file.content_type, file.read().decode("latin-1")]

        asked = client(as_kind(kind, handler)).post("/", data=FORM, files=FILE).json()
        assert asked == [{"name": ["ann"], "tags": ["a", "ä b"]}, "a.png", "image/png", "\x89PNG"]

    @KINDS
    def test_a_form_that_is_declared_is_there_as_well(self, kind):
        def handler(request, picture: UploadFile, name: str = Form()):
            same = request.FILES["picture"].size == picture.size
            return [name, dict(request.POST.lists()), list(request.FILES), same]

        asked = client(as_kind(kind, handler)).post("/", data=FORM, files=FILE).json()
        assert asked == ["ann", {"name": ["ann"], "tags": ["a", "ä b"]}, ["picture"], True]

    @KINDS
    def test_bytes(self, kind):
        def handler(request):
            return [request.body.decode(), request.read(2).decode(), request.read().decode(), request.body.decode()]

        assert client(as_kind(kind, handler)).post("/", content=b"abcd").json() == ["abcd", "ab", "cd", "abcd"]

    @KINDS
    def test_lines(self, kind):
        def handler(request):
            return [request.readline().decode(), [line.decode() for line in request]]

        assert client(as_kind(kind, handler)).post("/", content=b"a\nb\nc").json() == ["a\n", ["b\n", "c"]]

    @KINDS
    def test_bytes_beside_a_declared_body(self, kind):
        class Item(msgspec.Struct):
            name: str

        def handler(request, item: Item):
            return [item.name, request.body.decode(), dict(request.POST)]

        handler.__annotations__["item"] = Item
        assert client(as_kind(kind, handler)).post("/", json={"name": "a"}).json() == ["a", '{"name":"a"}', {}]

    @KINDS
    def test_none(self, kind):
        def handler(request):
            return [request.body.decode(), dict(request.POST), dict(request.FILES), request.read().decode()]

        assert client(as_kind(kind, handler)).post("/").json() == ["", {}, {}, ""]
        assert client(as_kind(kind, handler), "GET").get("/").json() == ["", {}, {}, ""]

    def test_a_multipart_body_that_is_none(self):
        def handler(request):
            with pytest.raises(MultiPartParserError):
                request.POST  # noqa: B018
            return request.body.decode()

        headers = {"Content-Type": "multipart/form-data"}
        assert client(handler).post("/", content=b"x", headers=headers).json() == "x"

    def test_another_encoding(self):
        def handler(request):
            first = request.GET["b"], request.POST["a"]
            request.encoding = "utf-8"
            request.encoding = "latin-1"
            return [*first, request.GET["b"]]

        assert client(handler).post("/?b=%E4", data={"a": "ä"}).json() == ["�", "ä", "ä"]

    def test_middleware_may_write_the_form(self):
        def handler(request):
            request.POST = QueryDict("a=1")
            request.user = "somebody"
            return [request.POST["a"], request.user]

        assert client(handler).post("/", data={"b": "2"}).json() == ["1", "somebody"]


@pytest.fixture
def ann(database) -> User:
    return get_user_model().objects.create_user("ann", password="secret")


def sessions() -> API:
    api = API(openapi=False)
    for add in (add_logging, add_counting, add_saying):
        add(api)
    return api


def add_logging(api: API) -> None:
    @api.post("/login")
    def log_in(request):
        login(request, User.objects.get(username="ann"))
        return request.user.username

    @api.post("/alogin")
    async def alog_in(request):
        await alogin(request, await User.objects.aget(username="ann"))
        return (await request.auser()).username

    @api.post("/logout")
    def log_out(request):
        logout(request)
        return str(request.user)

    @api.post("/alogout")
    async def alog_out(request):
        await alogout(request)
        return str(await request.auser())

    @api.get("/me")
    def me(request):
        return str(request.user)

    @api.get("/ame")
    async def ame(request):
        return str(await request.auser())


def add_counting(api: API) -> None:
    @api.get("/count")
    def count(request):
        request.session["n"] = request.session.get("n", 0) + 1
        return request.session["n"]

    @api.get("/acount")
    async def acount(request):
        n = await request.session.aget("n", 0) + 1
        await request.session.aset("n", n)
        return n

    @api.get("/own")
    def own(request):
        request.session["n"] = 7
        response = HttpResponse("x", status=201, headers={"Vary": "Origin"})
        response.set_cookie("a", "b")
        return response

    @api.get("/unlooked")
    def unlooked(request):
        return 1

    @api.get("/fails")
    def fails(request):
        request.session["n"] = 100
        raise RuntimeError("on purpose")


def add_saying(api: API) -> None:
    @api.get("/say")
    def say(request):
        messages.success(request, "Saved.")
        return None

    @api.get("/said")
    def said(request):
        return [str(one) for one in messages.get_messages(request)]


class TestSessions:
    @pytest.mark.parametrize("path", ["/count", "/acount"])
    def test_it_is_saved_and_its_cookie_set(self, database, path):
        asking = TestClient(sessions())
        first = asking.get(path)
        assert (first.json(), "sessionid" in first.cookies) == (1, True)
        assert "cookie" in first.headers["vary"].lower()
        assert "httponly" in first.headers["set-cookie"].lower()
        second = asking.get(path)
        assert (second.json(), asking.cookies["sessionid"]) == (2, first.cookies["sessionid"])
        assert TestClient(sessions()).get(path).json() == 1

    def test_nothing_where_nobody_looks(self, database):
        asking = TestClient(sessions())
        asking.get("/count")
        reply = asking.get("/unlooked")
        assert "set-cookie" not in reply.headers and "vary" not in reply.headers

    def test_beside_what_the_handler_says(self, database):
        reply = TestClient(sessions()).get("/own")
        assert (reply.status_code, reply.text) == (201, "x")
        assert {"a", "sessionid"} <= set(reply.cookies)
        assert {one.strip().lower() for one in reply.headers["vary"].split(",")} == {"origin", "cookie"}

    def test_not_after_a_failure(self, database):
        asking = TestClient(sessions(), raise_server_exceptions=False)
        assert asking.get("/fails").status_code == 500
        assert asking.get("/count").json() == 1

    @pytest.mark.parametrize(
        ("log_in", "log_out", "me"), [("/login", "/logout", "/me"), ("/alogin", "/alogout", "/ame")]
    )
    def test_logging_in_and_out(self, ann, log_in, log_out, me):
        asking = TestClient(sessions())
        assert asking.get(me).json() == "AnonymousUser"
        assert asking.post(log_in).json() == "ann"
        assert asking.get(me).json() == "ann"
        assert asking.post(log_out).json() == "AnonymousUser"
        assert asking.get(me).json() == "AnonymousUser"
        assert "sessionid" not in asking.cookies

    def test_messages(self, database):
        asking = TestClient(sessions())
        assert asking.get("/say").status_code == 204
        assert asking.get("/said").json() == ["Saved."]
        assert asking.get("/said").json() == []

    def test_where_the_middleware_is_not(self, database):
        def handler(request):
            with pytest.raises(AttributeError, match=r"SessionMiddleware in settings\.MIDDLEWARE"):
                request.session  # noqa: B018
            return [str(request.user), hasattr(request, "_messages")]

        with override_settings(MIDDLEWARE=[]):
            assert client(handler, "GET").get("/").json() == ["AnonymousUser", False]


async def _files_of_an_async_client():
    api = API(openapi=False)

    @api.post("/")
    async def handler(request):
        return request.FILES["f"].read().decode()

    return (await AsyncTestClient(api).post("/", files={"f": io.BytesIO(b"whole")})).json()


def test_the_async_client():
    import asyncio

    assert asyncio.run(_files_of_an_async_client()) == "whole"


def test_djangos_own_error_is_not_ours():
    """`body` stays readable after `read()`, where Django's raises."""

    def handler(request):
        request.read(1)
        try:
            return request.body.decode()
        except RawPostDataException:
            return "raised"

    assert client(handler).post("/", content=b"ab").json() == "ab"
