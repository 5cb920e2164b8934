from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import uuid
from typing import Annotated, Any, Literal

import msgspec
import pytest
from django.core import exceptions as django
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy

from project.library.models import Book
from ultrafox.exception_handlers import ExceptionHandlers
from ultrafox.exceptions import HttpError, HTTPException, NotFound, RequestValidationError, ServiceUnavailable
from ultrafox.refusals import INTERNAL, Explainer


def explain(error, label):
    return Explainer(label, ExceptionHandlers(), False, finish=None).explain(error, None)


def explain_body(error):
    return Explainer("the body's schema", ExceptionHandlers(), False, finish=None).explain(error, None, from_body=True)


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise SystemExit("even its text")

    __repr__ = __str__


class TestHttp:
    def test_all_of_it(self):
        error = HTTPException(409, "Taken.", {"X-By": "ann"}, {"by": "ann", "status": 1, "code": "x"})
        status, code, title, detail, headers, errors, extra = explain(error, "here")
        assert (status, code, title, detail, headers, errors) == (
            409,
            "conflict",
            "Conflict",
            "Taken.",
            [("X-By", "ann")],
            [],
        )
        assert json.loads(extra) == {"by": "ann"}

    def test_without_anything(self):
        assert explain(NotFound(), "here") == (404, "not_found", "Not Found", None, [], [], None)

    @pytest.mark.parametrize("detail", [{"field": "x"}, [1, 2], 5])
    def test_a_detail_that_is_data(self, detail):
        refusal = explain(HttpError(400, detail), "here")
        assert refusal[3] is None
        assert json.loads(refusal[6]) == {"data": detail}

    def test_a_detail_that_is_a_translation(self):
        assert explain(HttpError(400, gettext_lazy("Monday")), "here")[3] == "Monday"

    def test_extra_that_is_no_mapping(self):
        assert json.loads(explain(NotFound(extra=[1]), "here")[6]) == {"extra": [1]}

    def test_data_that_json_cannot_hold(self, caplog):
        assert explain(NotFound(extra={"it": object()}), "here")[0::6] == (404, None)
        assert "here raised a refusal with data that JSON cannot hold" in caplog.text

    @pytest.mark.parametrize(
        "headers", [{"X-A": "a\r\nSet-Cookie: b"}, {"X A": "a"}, {"": "a"}, {"X-A": "a\0"}, {"X-A\n": "a"}]
    )
    def test_headers_that_cannot_be_sent(self, headers, caplog):
        assert explain(NotFound(headers=headers), "here")[4] == []
        assert "which cannot be sent" in caplog.text

    def test_headers_in_pairs_and_of_other_types(self):
        assert explain(NotFound(headers=[("Retry-After", 3), ("X", "é")]), "here")[4] == [
            ("Retry-After", "3"),
            ("X", "é"),
        ]

    def test_a_refusal_that_is_broken_itself(self, caplog):
        error = NotFound()
        error.headers = 5
        assert explain(error, "here") == INTERNAL
        assert "here failed" in caplog.text

    def test_those_of_the_server_are_logged(self, caplog):
        assert explain(ServiceUnavailable(), "here")[0] == 503
        assert "here failed: ServiceUnavailable" in caplog.text
        caplog.clear()
        explain(NotFound(), "here")
        assert caplog.text == ""


class TestDjango:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (Http404("secret"), 404, "not_found"),
            (Book.DoesNotExist("secret"), 404, "not_found"),
            (django.PermissionDenied("secret"), 403, "forbidden"),
            (django.SuspiciousFileOperation("secret"), 400, "bad_request"),
            (django.RequestDataTooBig("secret"), 413, "body_too_large"),
            (django.TooManyFieldsSent("secret"), 413, "body_too_large"),
            (django.TooManyFilesSent("secret"), 413, "body_too_large"),
            (MultiPartParserError("secret"), 400, "bad_request"),
            (UnreadablePostError("secret"), 400, "bad_request"),
            (OperationalError("secret"), 500, "internal_error"),
            (TimeoutError("secret"), 500, "internal_error"),
            (django.DisallowedHost("secret"), 400, "disallowed_host"),
            (django.BadRequest("secret"), 400, "bad_request"),
            (Book.MultipleObjectsReturned("secret"), 500, "internal_error"),
            (django.ImproperlyConfigured("secret"), 500, "internal_error"),
        ],
    )
    def test_each(self, error, status, code):
        refusal = explain(error, "here")
        assert refusal[:2] == (status, code)
        assert "secret" not in str(refusal)


class TestDjangosValidationError:
    def refused(self, *given, **more):
        status, code, title, detail, headers, faults, extra = explain(django.ValidationError(*given, **more), "here")
        assert (status, code, title) == (422, "validation_error", "Validation Error")
        assert (detail, headers, extra) == (None, [], None)
        return faults

    def test_one(self):
        assert self.refused("Too short.", code="short") == [(["body"], "short", "Too short.")]

    def test_a_list(self):
        assert self.refused(["A.", django.ValidationError("B %(n)s.", code="b", params={"n": 2})]) == [
            (["body"], "invalid", "A."),
            (["body"], "b", "B 2."),
        ]

    def test_of_fields(self):
        given = {"name": ["A.", "B."], "__all__": [django.ValidationError(gettext_lazy("Monday"), code="c")]}
        assert self.refused(given) == [
            (["body", "name"], "invalid", "A."),
            (["body", "name"], "invalid", "B."),
            (["body"], "c", "Monday"),
        ]

    def test_so_many_and_no_more(self):
        assert len(self.refused([f"{n}" for n in range(300)])) == 100
        assert len(self.refused({f"f{n}": "x" for n in range(300)})) == 100

    def test_of_a_model(self):
        with pytest.raises(django.ValidationError) as raised:
            Book().full_clean()
        assert "title" in {fault[0][-1] for fault in explain(raised.value, "here")[5]}


class TestFaults:
    def test_they_are_told(self):
        faults = [(["query", "page"], "int_expected", "Expected `int`.")] * 150
        refusal = explain(RequestValidationError(faults), "here")
        assert refusal[:3] == (422, "invalid_parameters", "Invalid Parameters")
        assert refusal[5] == faults[:100]

    def test_handlers_get_faults_of_bodies_as_one_class(self):
        seen = []
        handlers = ExceptionHandlers()
        handlers.add(RequestValidationError, lambda request, exc: seen.append(exc))
        cause = msgspec.ValidationError("Expected `int`, got `str` - at `$.a`")
        explainer = Explainer("here", handlers, False, finish=lambda value, request, status: (status, None, b"", []))
        assert explainer.explain(cause, None, from_body=True)[0] == 422
        assert seen[0].faults == [(["body", "a"], "int_expected", "Expected `int`, got `str`.")]
        assert seen[0].__cause__ is cause


class TestAnythingElse:
    @pytest.mark.parametrize(
        "error",
        [
            KeyError("secret"),
            SystemExit(1),
            KeyboardInterrupt(),
            GeneratorExit(),
            asyncio.CancelledError(),
            StopIteration(1),
            ExceptionGroup("secret", [ValueError("secret")]),
            msgspec.ValidationError("secret"),
            msgspec.DecodeError("secret"),
            Unspeakable(),
        ],
    )
    def test_is_internal_and_logged(self, error, caplog):
        with caplog.at_level(logging.ERROR, "ultrafox.request"):
            assert explain(error, "shop.handler") == (
                500,
                "internal_error",
                "Internal Server Error",
                None,
                [],
                [],
                None,
            )
        assert f"shop.handler failed: {type(error).__name__}" in caplog.text

    def test_the_log_has_the_traceback(self, caplog):
        try:
            raise KeyError("secret")
        except KeyError as error:
            explain(error, "here")
        assert "Traceback" in caplog.text and "test_the_log_has_the_traceback" in caplog.text

    def test_a_log_that_breaks(self, caplog, monkeypatch):
        calls = []

        def broken(self, record):
            calls.append(record.getMessage())
            if len(calls) == 1:
                raise OSError("full")

        monkeypatch.setattr(logging.Logger, "handle", broken)
        assert explain(KeyError(), "here") == INTERNAL
        assert calls == ["here failed: KeyError", "here failed, and its error cannot be shown"]


class Size(msgspec.Struct, forbid_unknown_fields=True):
    width: Annotated[int, msgspec.Meta(ge=1, le=9)]
    above: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=3, pattern="^a")] = "aa"
    key: uuid.UUID | None = None
    kind: Literal["a", "b"] = "a"


@dataclasses.dataclass
class Holder:
    sizes: dict[str, list[Size]]
    maybe: Size | None = None


def refused(kind: Any, body: bytes):
    try:
        msgspec.json.decode(body, type=kind)
    except Exception as error:
        return explain_body(error)
    raise AssertionError("it was taken")


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "loc", "code"),
        [
            ({}, ["width"], "missing"),
            ({"width": 1, "more": 1}, ["more"], "unknown"),
            ({"width": "1"}, ["width"], "int_expected"),
            ({"width": None}, ["width"], "int_expected"),
            ({"width": 0}, ["width"], "greater_than_equal"),
            ({"width": 10}, ["width"], "less_than_equal"),
            ({"width": 1, "above": 0}, ["above"], "greater_than"),
            ({"width": 1, "above": 1.0}, ["above"], "less_than"),
            ({"width": 1, "name": "a"}, ["name"], "too_short"),
            ({"width": 1, "name": "aaaa"}, ["name"], "too_long"),
            ({"width": 1, "name": "bb"}, ["name"], "pattern_mismatch"),
            ({"width": 1, "key": "x"}, ["key"], "uuid_expected"),
            ({"width": 1, "kind": "c"}, ["kind"], "choice_expected"),
            ([], [], "object_expected"),
        ],
    )
    def test_faults(self, body, loc, code):
        status, kind, title, detail, headers, errors, extra = refused(Size, json.dumps(body).encode())
        assert (status, kind, title, detail, headers, extra) == (422, "invalid_body", "Invalid Body", None, [], None)
        ((place, given, message),) = errors
        assert (place, given) == (["body", *loc], code)
        assert message.endswith(".") and "$" not in message

    @pytest.mark.parametrize(
        ("body", "loc"),
        [
            (b'{"sizes":{"x":[{"width":1},{"width":""}]}}', ["body", "sizes", "*", 1, "width"]),
            (b'{"sizes":{},"maybe":{"width":1,"above":[]}}', ["body", "maybe", "above"]),
            (b'{"sizes":{},"maybe":{}}', ["body", "maybe", "width"]),
        ],
    )
    def test_places(self, body, loc):
        assert refused(Holder, body)[5][0][0] == loc

    def test_a_union_that_takes_more(self):
        assert refused(int | str | None, b"[]")[5][0][1:] == ("invalid", "Expected `int | str | null`, got `array`.")

    @pytest.mark.parametrize(
        "body", [b"{", b"", b"nul", b"{} x", b'{"width":"\xff"}', b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 100_000]
    )
    def test_what_is_not_json(self, body):
        status, code, title, detail, _, errors, _ = refused(Any, body)
        assert (status, code, title, errors) == (400, "invalid_json", "Invalid JSON", [])
        assert detail and detail.endswith(".")

    def test_an_error_of_the_schema_itself(self, caplog):
        class Broken(msgspec.Struct):
            def __post_init__(self) -> None:
                raise KeyError("secret")

        class Picky(msgspec.Struct):
            def __post_init__(self) -> None:
                raise ValueError("Give more.")

        assert refused(Broken, b"{}") == INTERNAL
        assert "KeyError" in caplog.text
        assert refused(Picky, b"{}")[5] == [(["body"], "invalid", "Give more.")]
