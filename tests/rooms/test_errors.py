"""Errors of handlers: their three forms, the project's own answers, and that nothing of the inside goes out."""

from __future__ import annotations

import json

import pytest

BOTH = pytest.mark.parametrize("way", ["sync", "async"])
CANARY = "canary-of-the-inside"
APIS = [f"project.errors.{name}" for name in ("problem", "boost", "ninja", "handled")]
MEANT = [r"(ERROR|WARNING) [\w.]+ .*[\s\S]*canary-of-the-inside", r"ERROR ultrafox\.request .*[\s\S]*Traceback"]
STATUS = {
    "http404": 404, "not-found": 404, "does-not-exist": 404, "object": 404, "denied": 403, "suspicious": 400,
    "too-big": 413, "too-many": 413, "validation": 422, "http": 418, "group": 500, "unknown": 500, "key": 500,
}  # fmt: skip
ALL = pytest.mark.parametrize(("name", "status"), STATUS.items())
JSON = ("Content-Type", "application/json")
BROWSER = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")


@pytest.fixture
def errors(shared):
    return shared(settings={"ULTRAFOX": {"API": APIS}}, meant=MEANT)


@pytest.fixture
def debugging(shared):
    return shared(settings={"ULTRAFOX": {"API": APIS}, "DEBUG": True}, meant=MEANT)


class TestProblems:
    @BOTH
    @ALL
    def test_status_and_form(self, errors, way, name, status):
        reply = errors.ask(f"/problem/{way}/{name}")
        body = reply.json()
        assert (reply.status, body["status"]) == (status, status)
        assert reply.header("content-type") == "application/problem+json"
        assert CANARY not in reply.body.decode()

    def test_validation_of_django(self, errors):
        body = errors.ask("/problem/sync/validation").json()
        said = {tuple(error["loc"]): error["message"] for error in body["errors"]}
        assert said == {("body", "name"): "too short", ("body",): "odd together"}

    def test_what_an_exception_brings(self, errors):
        reply = errors.ask("/problem/sync/http")
        assert reply.header("x-tea") == "green"
        assert '"a":1' in reply.body.decode()
        assert '"b":2' in reply.body.decode()


class TestBoost:
    @BOTH
    @ALL
    def test_status_and_form(self, errors, way, name, status):
        reply = errors.ask(f"/boost/{way}/{name}")
        body = reply.json()
        assert (reply.status, body["ok"], body["code"]) == (status, False, status)
        assert isinstance(body["error"], str)
        assert CANARY not in reply.body.decode()

    def test_refusals_of_the_engine(self, errors):
        for target, method, status in (
            ("/boost/nothing", "GET", 404), ("/boost/number/1", "PUT", 405), ("/boost/number/x", "GET", 422),
        ):  # fmt: skip
            body = errors.ask(target, method).json()
            assert (body["ok"], body["code"]) == (False, status)

    def test_bodies(self, errors):
        for sent, kind, status in ((b"{", JSON, 400), (b"{}", JSON, 422), (b"{}", ("Content-Type", "text/x"), 415)):
            reply = errors.ask("/boost/item", "POST", headers=[kind], body=sent)
            assert (reply.status, reply.json()["ok"], reply.json()["code"]) == (status, False, status)


class TestNinja:
    @BOTH
    @ALL
    def test_status_and_form(self, errors, way, name, status):
        reply = errors.ask(f"/ninja/{way}/{name}")
        assert (reply.status, "detail" in reply.json()) == (status, True)
        assert CANARY not in reply.body.decode()

    def test_faults(self, errors):
        reply = errors.ask("/ninja/number/x?q=y")
        detail = reply.json()["detail"]
        assert (reply.status, [error["loc"] for error in detail]) == (422, [["path", "number"], ["query", "q"]])
        assert all({"type", "loc", "msg"} <= set(error) for error in detail)


class TestHandlers:
    @BOTH
    @pytest.mark.parametrize(("name", "left"), [("out-of-stock", 3), ("sold", 4)])
    def test_of_a_class_and_its_children(self, errors, way, name, left):
        reply = errors.ask(f"/handled/{way}/{name}")
        assert (reply.status, reply.json()) == (409, {"left": left, "path": f"/handled/{way}/{name}"})

    @BOTH
    def test_one_that_waits(self, errors, way):
        reply = errors.ask(f"/handled/{way}/odd")
        assert (reply.status, reply.json(), reply.header("x-odd")) == (499, {"odd": True}, "1")

    @BOTH
    @pytest.mark.parametrize("name", ["http404", "does-not-exist"])
    def test_of_a_status(self, errors, way, name):
        reply = errors.ask(f"/handled/{way}/{name}")
        assert (reply.status, reply.json()) == (404, {"nothing": f"/handled/{way}/{name}"})

    @BOTH
    def test_one_that_fails_itself(self, errors, way):
        reply = errors.ask(f"/handled/{way}/refused")
        assert (reply.status, CANARY in reply.body.decode()) == (500, False)

    def test_of_parameters_and_bodies_that_do_not_fit(self, errors):
        reply = errors.ask("/handled/number/x?q=y")
        assert (reply.status, reply.json()) == (400, {"places": [["path", "number"], ["query", "q"]]})
        reply = errors.ask("/handled/item", "POST", headers=[JSON], body=b'{"id":"x","name":"a"}')
        assert (reply.status, reply.json()) == (400, {"places": [["body", "id"]]})

    @BOTH
    def test_other_apis_have_none_of_it(self, errors, way):
        assert errors.ask(f"/problem/{way}/out-of-stock").status == 500


class TestDebug:
    @BOTH
    def test_a_page_for_browsers(self, debugging, way):
        reply = debugging.ask(f"/problem/{way}/unknown", headers=[BROWSER, ("X-Own", "seen")])
        assert (reply.status, reply.header("content-type")) == (500, "text/html; charset=utf-8")
        page = reply.body.decode()
        for word in ("RuntimeError", CANARY, "errors.py", "X-Own", "curl"):
            assert word in page, word
        assert "a-canary-that-no-reply-may-contain" not in page, "the SECRET_KEY"

    @BOTH
    def test_text_for_a_terminal(self, debugging, way):
        for accept in ([], [("Accept", "application/json")], [("Accept", "*/*"), ("User-Agent", "curl/8.0")]):
            reply = debugging.ask(f"/problem/{way}/unknown", headers=accept)
            assert reply.status == 500
            assert "<html" not in reply.body.decode()
            assert "RuntimeError" in reply.body.decode()

    def test_the_queries(self, debugging):
        page = debugging.ask("/problem/sync/sql", headers=[BROWSER]).body.decode()
        assert "never-there" in page
        assert "SELECT" in page

    def test_secrets_of_the_request(self, debugging):
        secret = [("Authorization", "Bearer tell-nobody"), ("Cookie", "sessionid=tell-nobody")]
        for headers in ([BROWSER, *secret], secret):
            assert b"tell-nobody" not in debugging.ask("/problem/sync/unknown", headers=headers).body

    def test_what_is_written_into_the_page_stays_text(self, debugging):
        target = "/problem/sync/unknown?x=%3Cscript%3Ealert(1)%3C/script%3E"
        page = debugging.ask(target, headers=[BROWSER, ("X-Own", "<script>alert(2)</script>")]).body.decode()
        assert "<script>alert" not in page

    def test_refusals_are_as_ever(self, debugging):
        assert debugging.ask("/problem/sync/not-found", headers=[BROWSER]).status == 404
        assert debugging.ask("/handled/sync/out-of-stock", headers=[BROWSER]).status == 409

    @BOTH
    def test_not_in_production(self, errors, way):
        for name in ("unknown", "key", "group"):
            for headers in ([BROWSER], []):
                reply = errors.ask(f"/problem/{way}/{name}", headers=headers)
                assert reply.header("content-type") == "application/problem+json"
                for word in (CANARY, "Traceback", "RuntimeError", "KeyError", "errors.py", "/work", "site-packages"):
                    assert word not in reply.body.decode()
                assert set(json.loads(reply.body)) == {"type", "title", "status", "code", "trace_id"}


class TestLog:
    @BOTH
    def test_with_its_traceback_once(self, errors, way):
        start = len(errors.stderr.lines)
        errors.ask(f"/problem/{way}/unknown")
        errors.stderr.wait(lambda line: line.startswith("RuntimeError: canary"), start=start)
        assert errors.json("/problem/number/1") == 1
        said = errors.stderr.lines[start:]
        assert sum(line.startswith("ERROR ultrafox.request") for line in said) == 1
        assert any("errors.py" in line for line in said)

    def test_refusals_are_not_logged_as_errors(self, errors):
        start = len(errors.stderr.lines)
        errors.ask("/problem/sync/not-found")
        errors.ask("/problem/number/x")
        assert not [line for line in errors.stderr.lines[start:] if line.startswith("ERROR")]
