"""The extension: made by `crates/python`."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, final, overload

from django.http import QueryDict

from ultrafox.dispatch import Answer, Call
from ultrafox.refusals import Refusal

VERSION: str

def plan_example() -> bytes:
    """A plan in which every field is filled."""

def plan_check(plan: bytes) -> bytes:
    """Compiles a plan and writes it again. Raises ValueError with the text of what cannot be served."""

@final
class Headers(Mapping[str, str]):
    """Header fields; names are compared without regard to case."""

    def __getitem__(self, name: str, /) -> str: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...

@final
class Request:
    """One request. Reads like Django's."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def trace_id(self) -> str: ...
    @property
    def peer(self) -> str | None: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...
    @property
    def GET(self) -> QueryDict: ...
    @property
    def COOKIES(self) -> dict[str, str]: ...
    @property
    def META(self) -> dict[str, Any]: ...
    @property
    def state(self) -> dict[str, Any]: ...
    @overload
    def get(self, name: str) -> Any: ...
    @overload
    def get(self, name: str, default: Any) -> Any: ...
    def get_host(self) -> str: ...
    def get_full_path(self) -> str: ...
    def build_absolute_uri(self, location: str | None = None) -> str: ...
    def is_secure(self) -> bool: ...

@final
class Worker:
    """What one process serves with: reactor, engine, and the queue of the pool."""

    def __init__(
        self,
        *,
        plan: bytes,
        calls: Sequence[Call],
        fallback: Callable[[Request], Answer] | None,
        encode: Callable[[object], bytes],
        explain: Callable[[BaseException, str], Refusal],
        explain_body: Callable[[BaseException], Refusal],
        server: bytes,
        loop: AbstractEventLoop,
    ) -> None: ...
