"""The extension: made by `crates/python`."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Never, Self, final

from typing_extensions import disjoint_base

from ultrafox.dispatch import Answer, Call, Refusal
from ultrafox.request import Request as PythonRequest
from ultrafox.uploads import UploadFile

__all__ = [
    "VERSION",
    "Door",
    "Flight",
    "Job",
    "Pool",
    "Request",
    "Worker",
    "mark_afterwards",
    "mark_thread",
    "plan_check",
    "plan_example",
    "render",
]

VERSION: str

def plan_example() -> bytes:
    """A plan in which every field says something, as Rust writes it."""

def plan_check(plan: bytes) -> bytes:
    """Compiles a plan as the server would and gives it back as Rust writes it.

    Raises ValueError with the text of what cannot be served.
    """

def mark_thread() -> None:
    """Notes that the calling thread has a database connection."""

def mark_afterwards() -> None:
    """Notes that the calling thread has something to run once the reply of its request is on its way."""

def render(refusal: Refusal, style: str, trace_id: str) -> Answer:
    """What the client would be sent for a refusal, for middleware to see."""

@disjoint_base
class Request:
    """What a client sent; `ultrafox.request.Request` makes a request of it. Made by the server alone."""

    def __new__(cls) -> Self: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def raw_path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def trace_id(self) -> str: ...
    @property
    def peer(self) -> str | None: ...
    @property
    def body(self) -> bytes: ...
    @property
    def _accepted(self) -> int: ...
    def _content_type(self) -> str: ...
    def _cookies(self) -> str: ...
    def _meta(self) -> dict[str, Any]: ...
    def wsgi_meta(self) -> dict[str, Any]:
        """META with its bytes as Latin-1, as a WSGI environ has them (PEP 3333)."""

    def _get_raw_host(self) -> str: ...
    def _get_scheme(self) -> str: ...
    def _form(self) -> tuple[list[tuple[str, str]], list[tuple[str, UploadFile]]] | None: ...
    def _leaves(self) -> None: ...

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

    def spare_by(self, spare: Callable[[], bool]) -> None:
        """`spare()` starts another thread, in the place of one that a slow client holds; False for too many."""

    def run(self) -> None:
        """Works on this thread until `stop` is called for it, or another one has taken its place."""

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
        fallback: Callable[[PythonRequest[Any]], Answer] | None,
        explain: Callable[[BaseException, None, bool], Refusal | Answer],
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

@final
class Door:
    """An engine without a socket: behind a URLconf, in a test client. All threads may share one."""

    def __new__(cls, *, plan: bytes, calls: Sequence[Call]) -> Self: ...
    def open(
        self,
        *,
        method: str,
        target: str,
        headers: list[tuple[str, str]],
        body: bytes | Callable[[int], bytes] | None = None,
        peer: str | None = None,
        secure: bool = False,
        base: int = 0,
        inherit: Mapping[str, Any] | None = None,
        keeps_fault: bool = False,
    ) -> Flight:
        """Sends a request on its way.

        `target` is path and query as they were sent, `body` all of it or `read(size)`, which may block, `base` the
        bytes of the path before the API, `inherit` the attributes of another request that the handler's takes over.
        Raises ValueError for what HTTP does not have.
        """

@final
class Flight:
    """One request in a door; one thread at a time may use it."""

    def advance(self) -> Job | None:
        """Goes on: what Python has to do next; None when the answer is there."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes | None: ...
    @property
    def afterwards(self) -> list[Callable[[], Any]]: ...
    def take_fault(self) -> BaseException | None:
        """Gives away what the handler raised that is no refusal, where `keeps_fault` asked for it."""

    def chunk(self) -> bytes | Job | None:
        """The next piece of a stream, or what must be awaited before it is there; None at the end.

        Raises ConnectionAbortedError where the stream broke off.
        """

    def close(self) -> None:
        """Nobody reads any further."""

@final
class Job:
    """Something to do before a request can go on."""

    @property
    def is_async(self) -> bool: ...
    @property
    def leaves(self) -> bool:
        """Whether `fail` may wait for the database."""

    def run(self) -> None:
        """Runs a sync handler on this thread, to its answer."""

    def start(self) -> Any:
        """What is to be awaited on the event loop."""

    def answer(self, value: object) -> bool:
        """Its value. False when `finish` must be called with it where the database may be used."""

    def finish(self, value: object) -> None:
        """Its value, on a thread that may use the database."""

    def fail(self, error: BaseException) -> None:
        """What awaiting it raised."""
