"""The request, as handlers see it: Django's `HttpRequest` over what Rust keeps, made only as far as it is looked at."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, cast

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict, parse_cookie
from django.urls import ResolverMatch
from django.utils.datastructures import MultiValueDict
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_header_parameters

from ultrafox import _core
from ultrafox.matching import match_of

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    UserT = TypeVar("UserT", default=Any)
else:
    from typing import TypeVar

    UserT = TypeVar("UserT")

__all__ = ["Request"]

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
USERS = "django.contrib.auth.middleware.AuthenticationMiddleware"
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"
# What a request of Django's has and ours keeps elsewhere.
# META is shared: middleware and handlers leave things there for each other (CSRF tokens, REMOTE_USER).
_OWN = frozenset(
    (
        *("environ", "scope", "GET", "COOKIES", "path", "path_info", "method", "content_type", "content_params"),
        *("_stream", "_read_started", "_upload_handlers", "resolver_match"),
    )
)


class Request(_core.Request, HttpRequest, Generic[UserT]):  # type: ignore[misc, override]
    """One request. Reads like Django's, and is one: middleware and every function of Django take it.

    `Request[User]` tells type checkers what `request.user` is. Sessions, users and messages are there where their
    middleware is in settings.MIDDLEWARE, and cost nothing before they are asked for.
    """

    # Django's constructor would make what is made when it is asked for.
    __init__ = object.__init__

    auth: Any = None
    """What the operation's authentication returned."""
    _encoding = None
    _read_started = False
    _upload_handlers: Any = ()

    django_ran = False
    """Whether Django's own middleware has run around this request already: behind `api.urls` it has."""

    @property
    def resolver_match(self) -> ResolverMatch | None:
        """The match of the URLconf: name, route and arguments, as Django's own handlers see it.

        Only an API that is in the URLconf has names there. Otherwise it says which function answers where middleware
        runs around that, and is None elsewhere.
        """
        if "_match" not in self.__dict__:
            self.__dict__["_match"] = match_of(self)
        return cast("ResolverMatch | None", self.__dict__["_match"])

    @resolver_match.setter
    def resolver_match(self, match: ResolverMatch | None) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.__dict__["_match"] = match

    @cached_property
    def state(self) -> dict[str, Any]:
        """Whatever the project wants to keep with the request."""
        return {}

    def get(self, name: str, default: Any = None) -> Any:
        """An entry of `state`; `get("auth")` is what the authentication returned."""
        if name == "auth" and name not in self.state:
            return default if self.auth is None else self.auth
        return self.state.get(name, default)

    @cached_property
    def path_info(self) -> str:  # type: ignore[override]
        """The path below the script's name; here the whole path."""
        return self.path

    @cached_property
    def META(self) -> dict[str, Any]:  # type: ignore[override]
        """The request as CGI variables."""
        return self._meta()

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]
        """The query."""
        return QueryDict(self.query_string, encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:  # type: ignore[override]
        """The cookies."""
        return parse_cookie(self._cookies())

    @cached_property
    def content_type(self) -> str:  # type: ignore[override]
        """The body's media type, without parameters."""
        return str(parse_header_parameters(self._content_type())[0])

    @cached_property
    def content_params(self) -> dict[str, str]:  # type: ignore[override]
        """The parameters of the body's media type."""
        return dict(parse_header_parameters(self._content_type())[1])

    def get_host(self) -> str:
        """The host that the client asked for. It was checked against ALLOWED_HOSTS before any handler ran."""
        return self._get_raw_host()

    def _get_raw_host(self) -> str:
        if settings.USE_X_FORWARDED_HOST:
            return str(HttpRequest._get_raw_host(self))  # type: ignore[attr-defined]
        return super()._get_raw_host()

    @property
    def scheme(self) -> str:
        """`http` or `https`; follows SECURE_PROXY_SSL_HEADER."""
        return str(HttpRequest.scheme.fget(self))  # type: ignore[attr-defined]

    @property  # type: ignore[override]
    def POST(self) -> QueryDict:
        """The fields of the form that the body is."""
        if "_post" not in self.__dict__:
            self._load_post_and_files()
        return cast("QueryDict", self.__dict__["_post"])

    @POST.setter
    def POST(self, fields: QueryDict) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.__dict__["_post"] = fields

    @property
    def FILES(self) -> MultiValueDict[str, Any]:  # type: ignore[override]
        """The files of the form that the body is."""
        if "_files" not in self.__dict__:
            self._load_post_and_files()
        return cast("MultiValueDict[str, Any]", self.__dict__["_files"])

    @cached_property
    def session(self) -> Any:  # type: ignore[override]
        """The session; it is saved, and its cookie set, before the answer goes out."""
        if SESSIONS not in settings.MIDDLEWARE:
            raise AttributeError(f"expected {SESSIONS} in settings.MIDDLEWARE for `request.session`, given none")
        self._leaves()
        store = import_module(settings.SESSION_ENGINE).SessionStore
        return store(self.COOKIES.get(settings.SESSION_COOKIE_NAME))

    @cached_property
    def user(self) -> UserT:  # type: ignore[override]
        """Who is logged in by session; an AnonymousUser where nobody is."""
        from django.contrib.auth.models import AnonymousUser

        if USERS not in settings.MIDDLEWARE or not apps.is_installed("django.contrib.auth"):
            return cast("UserT", AnonymousUser())
        from django.contrib.auth import get_user

        return cast("UserT", SimpleLazyObject(lambda: get_user(self)))

    async def auser(self) -> UserT:  # type: ignore[override]
        """`user`, read without blocking the event loop."""
        if "user" in self.__dict__ or USERS not in settings.MIDDLEWARE:
            return self.user
        from django.contrib.auth import aget_user

        self.__dict__["user"] = user = await aget_user(self)
        return cast("UserT", user)

    @cached_property
    def _messages(self) -> Any:
        if MESSAGES not in settings.MIDDLEWARE:
            raise AttributeError("_messages")
        from django.contrib.messages.storage import default_storage

        self._leaves()
        return default_storage(self)

    @property
    def _body(self) -> bytes:  # type: ignore[override]
        return self.body

    @cached_property
    def _stream(self) -> io.BytesIO:  # type: ignore[override]
        return io.BytesIO(self.body)

    def _load_post_and_files(self) -> None:
        form = self._form()
        if form is None:
            HttpRequest._load_post_and_files(self)
            return
        fields, files = form
        post = QueryDict(mutable=True)
        for name, value in fields:
            post.appendlist(name, value)
        post._mutable = False
        found: MultiValueDict[str, Any] = MultiValueDict()
        for name, file in files:
            found.appendlist(name, file)
        self.__dict__.update(_post=post, _files=found)

    def _adopt(self, attributes: Mapping[str, Any]) -> None:
        """Takes over what the middleware of another door has left on Django's request."""
        self.__dict__.update({name: value for name, value in attributes.items() if name not in _OWN})
        self.__dict__["_match"] = attributes.get("resolver_match")
        self.django_ran = True

    def _leave(self, status: int, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The answer's header fields with those of the session and the messages."""
        response = HttpResponse(status=status)
        for name, value in headers:
            if name.lower() == "vary":
                response["Vary"] = f"{response['Vary']}, {value}" if "Vary" in response else value
        if "_messages" in self.__dict__:
            self._messages.update(response)
        if "session" in self.__dict__:
            from django.contrib.sessions.middleware import SessionMiddleware

            SessionMiddleware(lambda _: response).process_response(self, response)
        kept = [(name, value) for name, value in headers if name.lower() != "vary"]
        added = [(name, value) for name, value in response.items() if name.lower() != "content-type"]
        cookies = [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
        return [*kept, *added, *cookies]

    def __repr__(self) -> str:
        return f"<Request: {self.method} '{self.get_full_path()}'>"
