"""What both test clients have in common: the keywords of a client and of a call."""

from __future__ import annotations

from collections.abc import Mapping

from ultrafox.doors import Overrides
from ultrafox.flights import Flight
from ultrafox.testing.cookies import Cookies
from ultrafox.testing.headers import GivenHeaders, Headers, listed
from ultrafox.testing.outgoing import Base, Request, Sent, build
from ultrafox.testing.redirects import LIMIT, next_request
from ultrafox.testing.response import BaseResponse
from ultrafox.testing.served import Served, Target

__all__ = ["Asked", "Calling"]


class Asked(Sent, total=False):
    """What a call may say, of its request and of how its reply is read."""

    stream: bool
    follow_redirects: bool


class Calling:
    """What a client keeps from one call to the next."""

    def __init__(
        self,
        target: Target = None,
        *,
        raise_server_exceptions: bool = True,
        headers: GivenHeaders = None,
        cookies: Mapping[str, str] | None = None,
        base_url: str = "http://testserver",
        overrides: Overrides | None = None,
        follow_redirects: bool = False,
        use_http_layer: bool | None = None,
    ) -> None:
        # django-bolt's keyword: there it chooses between two pipelines, here there is but one.
        del use_http_layer
        self._served = Served(target, overrides, base_url)
        self._base = Base(base_url)
        self._raises = raise_server_exceptions
        self._follows = follow_redirects
        self._lifespan = self._served.lifespan()
        self._headers = listed(headers)
        self.cookies = Cookies(cookies)

    @property
    def headers(self) -> Headers:
        """The header fields that go with every request; assign a mapping to change them."""
        return Headers(self._headers)

    @headers.setter
    def headers(self, given: GivenHeaders) -> None:
        self._headers = listed(given)

    def _request(self, method: str, url: str, sent: Sent) -> Request:
        return build(self._base, self.headers if self._headers else None, self.cookies, method, url, sent)

    def _asked(self, asked: Asked) -> tuple[bool, bool]:
        """Whether the reply is streamed, and how redirects are taken; what is left is of the request."""
        return asked.pop("stream", False), asked.pop("follow_redirects", self._follows)

    def _error(self, flight: Flight, noted: list[BaseException]) -> BaseException | None:
        """What the handler raised, where the test is to see it instead of the 500 that a client gets."""
        if not self._raises or flight.status < 500:
            return None
        return flight.take_fault() or (noted.pop() if noted else None)

    def _keep(self, response: BaseResponse) -> None:
        for name, value in response.fields:
            if name.lower() == "set-cookie":
                self.cookies.take(value)

    def _next(self, response: BaseResponse, followed: int) -> Request | None:
        request = next_request(response, self.cookies)
        if request is not None and followed == LIMIT:
            raise RuntimeError(f"Expected an end of the redirects, given {LIMIT} of them, the last to {request.url}.")
        return request
