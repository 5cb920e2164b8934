from __future__ import annotations

import pytest

from ultrafox import exceptions
from ultrafox.exceptions import (
    Conflict,
    DeclarationError,
    HttpError,
    HTTPException,
    NotFound,
    RequestValidationError,
)


def test_of_a_general_class_the_status_gives_the_code():
    assert HTTPException(404).problem_code == "not_found"
    assert HTTPException(413).problem_code == "payload_too_large"
    assert HttpError(409, "taken").problem_code == "conflict"
    assert HTTPException().status_code == 500


@pytest.mark.parametrize(
    ("status", "code", "title"), [(402, "payment_required", "Payment Required"), (499, "status_499", "Error")]
)
def test_statuses_without_a_class(status, code, title):
    error = HTTPException(status)
    assert (error.problem_code, error.title) == (code, title)


def test_titles_do_not_depend_on_the_python_version():
    assert exceptions.UnprocessableEntity().title == "Unprocessable Entity"
    assert exceptions.PayloadTooLarge().title == "Payload Too Large"


def test_a_class_of_the_project_has_its_own_code():
    class OutOfStock(Conflict):
        pass

    class Named(Conflict):
        code = "my_code"

    class Direct(HTTPException):
        status_code = 402

    error = OutOfStock("None left.")
    assert (error.status_code, error.problem_code, error.title, error.detail) == (
        409,
        "out_of_stock",
        "Conflict",
        "None left.",
    )
    assert Named().problem_code == "my_code"
    assert (Direct().status_code, Direct().problem_code) == (402, "direct")


@pytest.mark.parametrize("status", [200, 99, 600, True, "404", 404.0])
def test_a_status_that_refuses_nothing(status):
    with pytest.raises(ValueError, match="Expected a status from 300 to 599"):
        HTTPException(status)


def test_headers_and_extra_are_kept():
    error = NotFound(detail="no", headers={"X-A": "1"}, extra={"id": 7})
    assert (error.headers, error.extra) == ({"X-A": "1"}, {"id": 7})
    assert str(error) == "404 not_found: no"
    assert str(NotFound()) == "404"


def test_a_declaration_error_is_a_type_error():
    assert issubclass(DeclarationError, TypeError)


class TestRequestValidationError:
    def test_it_says_what_was_wrong(self):
        body = RequestValidationError([(["body", "age"], "int_expected", "Expected `int`.")])
        query = RequestValidationError([(["query", "page"], "int_expected", "Expected `int`.")])
        assert (body.status_code, body.problem_code, body.title) == (422, "invalid_body", "Invalid Body")
        assert (query.problem_code, query.title) == ("invalid_parameters", "Invalid Parameters")
        assert RequestValidationError([], code="invalid_body").problem_code == "invalid_body"
        assert isinstance(body, HTTPException)

    def test_its_text_holds_places_only(self):
        faults = [(["body", "a", n], "code", "secret") for n in range(7)]
        error = RequestValidationError(faults)
        assert str(error) == "422 invalid_body: body.a.0, body.a.1, body.a.2, body.a.3, body.a.4, …"
        assert "secret" not in repr(error)

    def test_errors_as_objects(self):
        [fault] = RequestValidationError([(("body", 1), "missing", "No.")]).errors()
        assert fault == {"loc": ["body", 1], "code": "missing", "message": "No."}
