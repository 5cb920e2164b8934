"""The extension: made by `crates/python`."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Never, Self, final

from django.http import QueryDict
from django.http.request import HttpHeaders

from ultrafox.dispatch import Answer, Call, Refusal

__all__ = ["VERSION", "Pool", "Request", "Worker", "mark_thread", "plan_check", "plan_example"]

VERSION: str

def plan_example() -> bytes:
    """A plan in which every field says something, as Rust writes it."""

def plan_check(plan: bytes) -> bytes:
    """Compiles a plan as the server would and gives it back as Rust writes it.

    Raises ValueError with the text of what cannot be served.
    """

def mark_thread() -> None:
    """Notes that the calling thread has a database connection."""

@final
class Request:
    """One request. Reads like Django's; made by the server alone."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def raw_path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def trace_id(self) -> str: ...
    @property
    def peer(self) -> str | None: ...
    @property
    def headers(self) -> HttpHeaders: ...
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
    def get(self, name: str, default: Any = None) -> Any:
        """An entry of `state`."""

    def wsgi_meta(self) -> dict[str, Any]:
        """META with its bytes as Latin-1, as a WSGI environ has them (PEP 3333)."""

    def get_host(self) -> str: ...
    def get_full_path(self) -> str: ...
    def build_absolute_uri(self, location: str | None = None) -> str: ...
    def is_secure(self) -> bool: ...

@final
class Pool:
    """The queue before the threads that may block."""

    def __new__(
        cls,
        queue: int,
        settle: Callable[[], object],
        signals: tuple[Callable[[], object], Callable[[], object]] | None,
    ) -> Self:
        """A queue of so many jobs.

        `settle()` is called around jobs on threads with a database connection; `signals`, where given, before and
        after every handler instead.
        """

    def run(self) -> None:
        """Works on this thread until `stop` is called for it."""

    def submit(self, function: Callable[[], object]) -> bool:
        """Runs a callable on a thread of the pool. False when the queue is full."""

    def stop(self) -> None:
        """Ends one thread."""

    @property
    def at_work(self) -> int: ...

@final
class Worker:
    """Serves one listener from the thread of one event loop, which calls it when `fileno()` is readable."""

    TICK: ClassVar[float]

    def __new__(
        cls,
        *,
        plan: bytes,
        calls: Sequence[Call],
        fallback: Callable[[Request], Answer] | None,
        encode: Callable[[object], bytes],
        explain: Callable[[BaseException, str], Refusal],
        explain_body: Callable[[BaseException], Refusal],
        report: Callable[..., object],
        server: bytes,
        event_loop: AbstractEventLoop,
        pool: Pool,
    ) -> Self: ...
    # It takes none; the runtime shows any for every slot.
    def __call__(self, *args: Never, **kwargs: Never) -> None: ...
    def attach(self) -> None: ...
    def fileno(self) -> int: ...
    def tick(self) -> None: ...
    def drain(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...
    @property
    def address(self) -> tuple[str, int]: ...
    @property
    def connections(self) -> int: ...
    @property
    def in_flight(self) -> int: ...
