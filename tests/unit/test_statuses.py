from __future__ import annotations

import http
from typing import Annotated, Any, NamedTuple

import msgspec
import pytest
from django.http import HttpResponse

from ultrafox.exceptions import DeclarationError
from ultrafox.response import JSON, Response
from ultrafox.signature import UNANNOTATED
from ultrafox.statuses import (
    Responses,
    Status,
    codes_1xx,
    codes_2xx,
    codes_3xx,
    codes_4xx,
    codes_5xx,
    parse_responses,
)


class Out(msgspec.Struct):
    id: int


class Problem(msgspec.Struct):
    detail: str


class Point(NamedTuple):
    x: int
    y: int


def parsed(response: Any = UNANNOTATED, status_code: int | None = None) -> Responses:
    return parse_responses(response, status_code, "shop.py:1: handler `h`")


def refusal(response: Any, status_code: Any = None) -> str:
    with pytest.raises(DeclarationError) as caught:
        parsed(response, status_code)
    assert str(caught.value).startswith("shop.py:1: handler `h`: ")
    return str(caught.value)


class TestStatus:
    def test_it_holds_both(self):
        status = Status(404, {"a": 1})
        assert (status.status_code, status.body) == (404, {"a": 1})
        assert Status(http.HTTPStatus.NO_CONTENT).body is None
        assert repr(Status(201, "x")) == "Status(201, 'x')"

    @pytest.mark.parametrize("status", [99, 600, True, "200", 200.0, None])
    def test_what_is_no_status(self, status):
        with pytest.raises(ValueError, match="Expected a status from 100 to 599"):
            Status(status, None)

    def test_it_is_nothing_that_rust_would_encode(self):
        """Rust encodes Structs by themselves."""
        assert not isinstance(Status(200), msgspec.Struct)


class TestOneType:
    def test_nothing_declared_lets_every_status_go(self):
        responses = parsed()
        assert responses.status == 200
        assert not responses.is_mapping
        for status in (200, 201, 404):
            outcome = responses.of(status)
            assert outcome and outcome.schema is None and outcome.annotation is UNANNOTATED

    @pytest.mark.parametrize("response", [Any, bytes, HttpResponse, Response, JSON, Status, HttpResponse | Response])
    def test_types_without_a_schema(self, response):
        assert parsed(response).of(404).schema is None

    def test_a_type_is_for_its_status_alone(self):
        responses = parsed(Out, 201)
        assert responses.status == 201
        assert responses.of(201).annotation is Out
        assert responses.of(200) is None

    def test_response_objects_beside_a_type(self):
        responses = parsed(Out | HttpResponse)
        assert responses.of(200).annotation is Out
        assert responses.of(404) is None

    def test_the_type_within_status(self):
        responses = parsed(Status[Out])
        assert responses.of(200).annotation is responses.of(404).annotation is Out

    @pytest.mark.parametrize("response", [None, type(None)])
    def test_nothing(self, response):
        assert parsed(response).of(200).is_empty
        assert not parsed(Out | None).of(200).is_empty

    @pytest.mark.parametrize(
        ("response", "takes"),
        [
            (tuple[int, str], True),
            (tuple, True),
            (Point, True),
            (tuple[int, int] | None, True),
            (Annotated[tuple[int, int], "x"], True),
            (list[int], False),
            (Out, False),
        ],
    )
    def test_whether_a_tuple_is_the_body(self, response, takes):
        assert parsed(response).of(200).takes_tuples is takes

    @pytest.mark.parametrize("response", ["Out", (200, Out), [Out], ...])
    def test_what_is_no_type(self, response):
        assert "expected a type for `response`, as in list[ItemOut]" in refusal(response)

    @pytest.mark.parametrize("status", [True, 199, 600, "200", 200.0])
    def test_what_is_no_status(self, status):
        assert "expected a status from 200 to 599 for `status_code`" in refusal(Out, status)

    def test_a_status_without_a_body(self):
        assert "a reply of status 204 has no body, given the schema Out" in refusal(Out, 204)
        assert parsed(None, 204).status == 204
        assert parsed(UNANNOTATED, 304).status == 304

    def test_types_that_nobody_knows(self):
        said = refusal(object)
        assert "expected a type that msgspec knows, given object" in said
        assert said.endswith("Name the reply's schema by response=, or response=None for none.")


class TestMapping:
    def test_each_status_has_its_own(self):
        responses = parsed({200: Out, 404: Problem, codes_5xx: Problem, (410, 411): None, 418: Any})
        found = {status: responses.of(status) for status in (200, 404, 410, 503)}
        assert [found[status].annotation for status in (200, 404, 410, 503)] == [Out, Problem, None, Problem]
        assert found[410].is_empty
        assert responses.of(418).schema is None
        assert responses.of(201) is None
        assert responses.is_mapping

    def test_the_rest(self):
        responses = parsed({200: Out, ...: Problem})
        assert responses.of(200).annotation is Out
        assert responses.of(201).annotation is responses.of(599).annotation is Problem

    def test_one_status_beats_a_set_wherever_it_stands(self):
        for response in ({404: Out, codes_4xx: Problem}, {codes_4xx: Problem, 404: Out}):
            responses = parsed(response)
            assert responses.of(404).annotation is Out
            assert responses.of(403).annotation is Problem

    def test_sets_leave_out_what_has_no_body(self):
        responses = parsed({codes_2xx: Out, codes_3xx: Out, range(400, 402): Out})
        assert [responses.of(status).is_empty for status in (200, 204, 205, 304, 302, 401)] == [
            False,
            True,
            True,
            True,
            False,
            False,
        ]

    @pytest.mark.parametrize(
        ("response", "status_code", "status"),
        [
            ({200: Out, 201: Out}, None, 200),
            ({201: Out}, None, 201),
            ({201: Out, 404: Problem}, None, 201),
            ({404: Problem}, None, 404),
            ({200: Out, 201: Out}, 201, 201),
            ({201: Out, 202: Out}, None, 200),
            ({201: Out, ...: Out}, None, 200),
            ({404: Problem, ...: Out}, 202, 202),
            ({http.HTTPStatus.CREATED: Out}, None, 201),
        ],
    )
    def test_the_status_of_a_bare_value(self, response, status_code, status):
        assert parsed(response, status_code).status == status

    def test_what_cannot_be(self):
        assert "at least one status" in refusal({})
        assert "status 404 is declared twice" in refusal({codes_4xx: Out, (404,): Problem})
        assert "`status_code` is 201, which `response` does not declare. Add 201: …" in refusal({200: Out}, 201)
        assert "a reply of status 204 has no body, given the schema Out" in refusal({204: Out})
        assert "given object" in refusal({200: object})

    @pytest.mark.parametrize("key", ["200", 99, 600, True, None, (200, "x"), 200.5])
    def test_keys(self, key):
        assert "expected statuses from 100 to 599" in refusal({key: Out})

    def test_the_same_twice_is_no_contradiction(self):
        assert parsed({codes_4xx: Out, (404,): Out}).of(404).annotation is Out

    def test_what_is_declared_reads_well(self):
        assert parsed({200: Out, 404: Out, codes_5xx: Out, ...: Out}).declared() == "200, 404, codes_5xx, ..."


def test_sets_are_whole_classes():
    for first, codes in enumerate((codes_1xx, codes_2xx, codes_3xx, codes_4xx, codes_5xx), 1):
        assert codes == {status for status in range(1000) if status // 100 == first}
