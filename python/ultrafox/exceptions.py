"""What a handler raises to refuse a request, and what a declaration raises that cannot be served.

    Exception
    ├── HTTPException(status_code, detail, headers, extra)
    │   ├── HttpError(status, message)
    │   ├── RequestValidationError(faults) 422
    │   └── BadRequest 400 · Unauthorized 401 · Forbidden 403 · NotFound 404 · MethodNotAllowed 405 · NotAcceptable 406
    │       RequestTimeout 408 · Conflict 409 · Gone 410 · PayloadTooLarge 413 · UnsupportedMediaType 415
    │       UnprocessableEntity 422 · TooManyRequests 429 · InternalServerError 500 · BadGateway 502
    │       ServiceUnavailable 503 · GatewayTimeout 504
    └── TypeError
        └── DeclarationError        raised while the project is imported or started, never for a request

The client gets `application/problem+json` (RFC 9457). A class of your own gives the problem its code:
`class OutOfStock(Conflict)` is 409 `out_of_stock`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

__all__ = [
    "BadGateway",
    "BadRequest",
    "Conflict",
    "DeclarationError",
    "Forbidden",
    "GatewayTimeout",
    "Gone",
    "HTTPException",
    "HttpError",
    "InternalServerError",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PayloadTooLarge",
    "RequestTimeout",
    "RequestValidationError",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableEntity",
    "UnsupportedMediaType",
]


class DeclarationError(TypeError):
    """An API is declared in a way that cannot be served. The text says where, expected, given and the cure."""


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _checked(status: object) -> int:
    if isinstance(status, bool) or not isinstance(status, int) or not 300 <= status <= 599:
        raise ValueError(f"Expected a status from 300 to 599, given {status!r}.")
    return int(status)


Fault = tuple[list[str | int], str, str]
"""Where it is (`["body", "items", 3, "id"]`), a permanent code, a sentence."""


class HTTPException(Exception):
    """Refuses the request with `status_code` (300 to 599).

    `detail` is a sentence for people; any other JSON value becomes the member `data` of the problem. `extra` is a
    mapping of further members (those that every problem has, such as `status`, are left out); anything else becomes
    the member `extra`.
    """

    status_code: int = 500
    code: ClassVar[str] = "internal_server_error"

    def __init__(
        self,
        status_code: int | None = None,
        detail: Any = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        extra: Any = None,
    ) -> None:
        self.status_code = _checked(type(self).status_code if status_code is None else status_code)
        self.detail = detail
        self.headers = headers
        self.extra = extra
        super().__init__(self.status_code, detail)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = _snake_case(cls.__name__)

    def __str__(self) -> str:
        return (
            f"{self.status_code} {self.problem_code}: {self.detail}"
            if self.detail is not None
            else f"{self.status_code}"
        )

    @property
    def problem_code(self) -> str:
        """The permanent snake_case code: of the class, or of the status where the class is as general as this one."""
        if type(self) not in _GENERAL:
            return type(self).code
        named = _BY_STATUS.get(self.status_code)
        return named.code if named else _snake_case(_phrase(self.status_code)) or f"status_{self.status_code}"

    @property
    def title(self) -> str:
        """A few words for people, of the status."""
        named = _BY_STATUS.get(self.status_code)
        return _TITLES.get(named.code, "") if named else _phrase(self.status_code) or "Error"


class HttpError(HTTPException):
    """Refuses the request with a status and a message, as in Django Ninja."""

    def __init__(self, status_code: int, message: Any = None) -> None:
        super().__init__(status_code, message)


class RequestValidationError(HTTPException):
    """422: what the request holds does not fit what the operation declares.

    `faults` say where and what; a fault is `(loc, code, message)`. `code` is `invalid_body` or `invalid_parameters`;
    left out, the places decide. The text of the exception names places only, so that logs hold no values.
    """

    status_code = 422

    def __init__(self, faults: Iterable[Fault], *, code: str | None = None) -> None:
        super().__init__(422)
        self.faults: list[Fault] = [(list(loc), kind, message) for loc, kind, message in faults]
        outside = [loc for loc, _, _ in self.faults if not loc or loc[0] != "body"]
        self._code = code or ("invalid_parameters" if outside else "invalid_body")

    @property
    def problem_code(self) -> str:
        """What was wrong: the parameters or the body."""
        return self._code

    @property
    def title(self) -> str:
        """A few words for people."""
        return self._code.replace("_", " ").title()

    def errors(self) -> list[dict[str, Any]]:
        """The faults as objects: `loc`, `code`, `message`."""
        return [{"loc": loc, "code": code, "message": message} for loc, code, message in self.faults]

    def __str__(self) -> str:
        places = ", ".join(".".join(map(str, loc)) for loc, _, _ in self.faults[:5])
        return f"422 {self._code}: {places}{', …' if len(self.faults) > 5 else ''}"


class _Named(HTTPException):
    """A refusal whose class says its status."""

    def __init__(
        self,
        detail: Any = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        extra: Any = None,
    ) -> None:
        super().__init__(None, detail, headers, extra)


class BadRequest(_Named):
    """400: the request cannot be understood."""

    status_code = 400


class Unauthorized(_Named):
    """401: nobody is known to be asking."""

    status_code = 401


class Forbidden(_Named):
    """403: whoever asks may not."""

    status_code = 403


class NotFound(_Named):
    """404: there is no such thing."""

    status_code = 404


class MethodNotAllowed(_Named):
    """405: the thing is there, the method is not for it."""

    status_code = 405


class NotAcceptable(_Named):
    """406: no representation that the client accepts."""

    status_code = 406


class RequestTimeout(_Named):
    """408: the request did not arrive in time."""

    status_code = 408


class Conflict(_Named):
    """409: the request contradicts the present state."""

    status_code = 409


class Gone(_Named):
    """410: there was such a thing, and there will not be again."""

    status_code = 410


class PayloadTooLarge(_Named):
    """413: more than is taken."""

    status_code = 413


class UnsupportedMediaType(_Named):
    """415: a media type that is not read here."""

    status_code = 415


class UnprocessableEntity(_Named):
    """422: understood, and not acceptable."""

    status_code = 422


class TooManyRequests(_Named):
    """429: slow down; name `Retry-After` in `headers`."""

    status_code = 429


class InternalServerError(_Named):
    """500: something broke on our side."""

    status_code = 500


class BadGateway(_Named):
    """502: a system behind this one gave nonsense."""

    status_code = 502


class ServiceUnavailable(_Named):
    """503: not now; name `Retry-After` in `headers`."""

    status_code = 503


class GatewayTimeout(_Named):
    """504: a system behind this one did not answer in time."""

    status_code = 504


_GENERAL = (HTTPException, HttpError)
_BY_STATUS: dict[int, type[_Named]] = {named.status_code: named for named in _Named.__subclasses__()}
# Not from `http.HTTPStatus`, whose phrases differ between Python versions.
_TITLES = {named.code: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named.__name__) for named in _BY_STATUS.values()}
