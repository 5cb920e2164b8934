from __future__ import annotations

import json
import re
import shlex

import msgspec
import pytest
from django.db import connection
from django.test import RequestFactory, override_settings
from django.views.decorators.debug import sensitive_variables

from project.library.models import Book
from ultrafox import debug
from ultrafox.debug.asked import asked
from ultrafox.debug.facts import gather
from ultrafox.debug.shown import HIDDEN, Shown
from ultrafox.exception_handlers import ExceptionHandlers
from ultrafox.exceptions import ServiceUnavailable
from ultrafox.refusals import INTERNAL, Explainer

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even its text")

    __repr__ = __str__


def handler(request, page: int = 1): ...


def request(path="/orders/?page=1", accept=BROWSER, *, method="POST", body=b"", kind="application/json", **headers):
    fields = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return RequestFactory().generic(method, path, body, kind, HTTP_ACCEPT=accept, HTTP_HOST="localhost", **fields)


def raised(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


# In two parts: the page shows source lines.
CANARY = "can" + "ary"


def fail(password=CANARY, count=3, **more):
    raise KeyError("<script>alert(1)</script>")


def told(error, asked, debugging=True):
    explainer = Explainer("shop.handler", ExceptionHandlers(), debugging, finish=None, function=handler)
    return explainer.explain(error, asked)


def page(error, asked=None):
    status, kind, body, headers = told(error, asked or request())
    assert (status, kind) == (500, "text/html; charset=utf-8")
    return body.decode(), dict(headers)


class TestPreferred:
    @pytest.mark.parametrize(
        ("accept", "form"),
        [
            (BROWSER, "html"),
            ("text/html", "html"),
            ("*/*", "json"),
            ("", "json"),
            ("application/json", "json"),
            ("application/problem+json, text/html", "json"),
            ("text/html;q=0.5, application/json", "json"),
            ("application/json;q=0.5, text/html;q=0.9", "html"),
            ("text/plain", "text"),
            ("text/plain, */*", "text"),
            ("*/*, text/html", "json"),
            ("text/html;q=0", "json"),
            ("text/html;q=x, */*", "json"),
            ("image/png", "json"),
            (",;,", "json"),
        ],
    )
    def test_each(self, accept, form):
        assert debug.preferred(accept) == form


class TestForms:
    def test_a_browser_gets_the_page(self):
        text, headers = page(raised(fail))
        assert "KeyError" in text and "raise KeyError(" in text
        assert "&lt;script&gt;alert(1)" in text and "<script" not in text
        assert "shop.handler: " in text and "test_debug.py:" in text and "page: &#x27;int&#x27; = 1" in text
        assert headers["Cache-Control"] == "no-store"

    def test_the_page_is_whole_in_itself(self):
        text, headers = page(raised(fail))
        assert not re.search(r"<(script|link|img|iframe|form)|\b(src|href|on\w+|style)=", text)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy

    def test_a_terminal_gets_json(self):
        status, code, title, detail, headers, faults, extra = told(raised(fail), request(accept="*/*"))
        assert (status, code, title, detail, headers, faults) == INTERNAL[:6]
        found = json.loads(extra)["debug"]
        assert found["type"] == "builtins.KeyError" and "alert(1)" in found["message"]
        assert any("test_debug.py" in line for line in found["traceback"])
        assert CANARY not in extra.decode()

    def test_text(self):
        status, kind, body, _ = told(raised(fail), request(accept="text/plain"))
        assert (status, kind) == (500, "text/plain; charset=utf-8")
        assert body.startswith(b"Traceback") and b"request: POST http://localhost/orders/?page=1" in body

    def test_without_a_request(self):
        assert told(raised(fail), None)[1] == "internal_error"

    @pytest.mark.parametrize("accept", [BROWSER, "*/*", "text/plain", "application/json"])
    def test_nothing_without_debug(self, accept, caplog):
        assert told(raised(fail), request(accept=accept), debugging=False) == INTERNAL
        assert "shop.handler failed: KeyError" in caplog.text

    def test_refusals_are_as_ever(self):
        assert told(ServiceUnavailable(), request())[:2] == (503, "service_unavailable")

    def test_it_is_logged_too(self, caplog):
        page(raised(fail))
        assert "shop.handler failed: KeyError" in caplog.text

    def test_a_page_that_breaks(self, caplog, monkeypatch):
        monkeypatch.setattr(debug, "gather", lambda *_: 1 / 0)
        assert told(raised(fail), request()) == INTERNAL
        assert "the page about an error failed: ZeroDivisionError" in caplog.text


class TestSecrets:
    def test_of_locals(self):
        text, _ = page(raised(fail))
        assert CANARY not in text
        assert HIDDEN in text and "<td>count</td><td>3</td>" in text

    def test_those_that_the_project_marks(self):
        @sensitive_variables("card")
        def pay():
            card = "4111 1111"
            raise KeyError(len(card))

        facts = gather(raised(pay), None, "here", None)
        values = dict(facts.chain[0].frames[-1].values)
        assert values["card"] == HIDDEN

    def test_inside_of_values(self):
        class Login(msgspec.Struct):
            name: str
            password: str

        shown = Shown(_rules())
        value = {"login": Login("ann", "canary"), "api_key": "canary", "deep": [{"token": "canary"}]}
        text = shown.named("value", value)
        assert CANARY not in text and "ann" in text

    def test_of_the_request(self):
        given = request(
            "/x?token=canary&a=1",
            body=b'{"password": "canary", "name": "ann", "more": [{"secret": "canary"}]}',
            authorization="Bearer canary",
            cookie="sessionid=canary",
            x_api_key="canary",
            x_plain="seen",
        )
        text, _ = page(raised(fail), given)
        assert CANARY not in text
        assert "ann" in text and "seen" in text and "&lt;authorization&gt;" in text


def _rules():
    from django.views.debug import SafeExceptionReporterFilter

    return SafeExceptionReporterFilter()


class TestCurl:
    def words(self, *arguments, **more):
        return shlex.split(asked(request(*arguments, **more), Shown(_rules())).curl)

    def test_all_of_it(self):
        words = self.words("/a?b=[1]", body=b'{"x":"it\'s"}', x_a="$(reboot)", authorization="Bearer x")
        assert words[:5] == ["curl", "--globoff", "-X", "POST", "http://localhost/a?b=[1]"]
        assert "X-A: $(reboot)" in words and "Authorization: <authorization>" in words
        assert words[-2:] == ["--data-raw", '{"x":"it\'s"}']
        assert not any(word.startswith(("Host:", "Content-Length:")) for word in words)

    def test_a_form(self):
        words = self.words(body=b"a=1&password=canary", kind="application/x-www-form-urlencoded")
        assert words[-1] == "a=1&password=<password>"

    @pytest.mark.parametrize(
        ("body", "kind"),
        [(b"\xff\0", "application/octet-stream"), (b"x" * 70_000, "application/json"), (b"{", "application/json")],
    )
    def test_what_cannot_be_written_down(self, body, kind):
        found = asked(request(body=body, kind=kind), Shown(_rules()))
        assert shlex.split(found.curl)[-1] == "@body"
        assert found.body == f"<{len(body)} bytes of {kind}>"

    def test_without_a_body(self):
        assert not any(word.startswith("--data") for word in self.words(method="GET"))


class TestSurvives:
    def test_what_cannot_be_shown(self):
        class Mute:
            def __repr__(self) -> str:
                raise SystemExit

        def inner():
            mute, deep = Mute(), {}
            deep["self"] = deep
            raise Unspeakable(mute, deep)

        text, _ = page(raised(inner))
        assert "its text cannot be shown: RuntimeError" in text
        assert "its repr() raises SystemExit" in text
        assert told(raised(inner), request(accept="*/*"))[1] == "internal_error"

    def test_recursion(self):
        def down(n):
            return down(n + 1)

        text, _ = page(raised(down, 0))
        assert "RecursionError" in text and "calls left out" in text
        assert len(text) < 500_000

    def test_very_large_values(self):
        class Holder(msgspec.Struct):
            content: bytes

        def inner():
            content = bytes(100_000_000)
            view, held, text, many = memoryview(content), Holder(content), "a" * 10_000_000, list(range(10**6))
            raise ValueError("x" * 10_000_000 if view and held and text and many else "")

        text, _ = page(raised(inner))
        assert len(text) < 200_000
        assert "(100000000 bytes)" in text and "Holder(content=" in text

    def test_chains_that_bite_their_tail(self):
        first, second = ValueError("one"), TypeError("two")
        first.__cause__, second.__cause__ = second, first
        group = ExceptionGroup("group", [first, OSError("three")])
        text, _ = page(group)
        assert all(part in text for part in ("group", "one", "two", "three", "a part of it", "its cause"))

    def test_halves_of_surrogate_pairs(self):
        status, _, body, _ = told(raised(lambda: {}["\ud800"]), request())
        assert status == 500 and b"\\ud800" in body
        assert told(raised(lambda: {}["\ud800"]), request(accept="*/*"))[0] == 500

    def test_a_host_that_is_refused(self):
        given = RequestFactory().get("/x", HTTP_HOST="evil.org", HTTP_ACCEPT=BROWSER)
        assert "GET /x" in page(raised(fail), given)[0]


def test_sql_is_shown_and_querysets_are_not_asked(database):
    with override_settings(DEBUG=True):
        Book.objects.filter(title="Sagas <b>").exists()
        before = len(connection.queries_log)
        books = Book.objects.all()

        def inner():
            rows = books
            raise ValueError(str(type(rows)))

        text, _ = page(raised(inner))
        assert len(connection.queries_log) == before
        connection.queries_log.clear()
    assert "Sagas &lt;b&gt;" in text and "default, 0.0" in text
    assert "&lt;QuerySet of Book&gt;" in text
