"""What an API sets up before its first request and takes down after its last: `API(lifespan=...)`.

    async def lifespan(api):
        async with httpx.AsyncClient() as client:
            api.state["client"] = client
            yield

    api = API(lifespan=lifespan)

A mapping that is yielded is put into `api.state`. The server enters every API's lifespan before it takes connections,
in order, and leaves them in reverse; an error on the way in stops the start. The test client does so in `with`. Under
a WSGI or ASGI server nothing tells Django when it starts and ends, so there it is not entered.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, cast

from ultrafox.annotations import place_of
from ultrafox.caller import adopt_executor, current_executor
from ultrafox.exceptions import DeclarationError

__all__ = ["Lifespan", "State", "check"]

Entering = Callable[[Any], AbstractAsyncContextManager[Any]]


class State(dict[str, Any]):
    """What an API keeps for its handlers, as mapping and as attributes: `state["client"]` is `state.client`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            known = ", ".join(self) or "nothing yet"
            raise AttributeError(f"Expected a name that is in the state ({known}), given {name!r}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(f"Expected a name that is in the state, given {name!r}.") from None


class HasLifespan(Protocol):
    """An API, as far as it matters here."""

    @property
    def lifespan(self) -> Callable[..., Any] | None: ...
    @property
    def state(self) -> State: ...


def check(function: Any) -> Entering | None:
    """The `lifespan=` of an API as a function to an async context manager; None for none. Raises DeclarationError."""
    if function is None:
        return None
    where = place_of(function) if callable(function) else "lifespan"
    cure = "Write `async def lifespan(api): ...; yield; ...`."
    if not callable(function):
        raise DeclarationError(f"Expected an async generator function for `lifespan`, given {function!r}. {cure}")
    if inspect.isasyncgenfunction(function):
        function = asynccontextmanager(function)
    elif inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
        kind = "a coroutine" if inspect.iscoroutinefunction(function) else "a generator"
        raise DeclarationError(f"{where}: expected an async generator function for `lifespan`, given {kind}. {cure}")
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        raise DeclarationError(f"{where}: expected a `lifespan` that takes the API as its one argument.") from None
    except ValueError:
        # A builtin may have no signature to look at.
        pass
    return cast("Entering", function)


class Lifespan:
    """The lifespans of some APIs, all in one task: what opens there (a task group, a cancel scope) must close there."""

    def __init__(self, apis: Iterable[HasLifespan]) -> None:
        self._entries = [(api, entering) for api in apis if (entering := check(api.lifespan)) is not None]
        self._task: asyncio.Task[None] | None = None
        self._leave: asyncio.Event | None = None
        self._executor: Any = None

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._entries)

    async def start(self) -> None:
        """Enters all of them; what one raises is raised here, when those before it are left again."""
        if not self._entries or self._task is not None:
            return
        entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._leave = asyncio.Event()
        self._task = asyncio.create_task(self._live(entered, self._leave), name="ultrafox-lifespan")
        await asyncio.wait((entered, self._task), return_when=asyncio.FIRST_COMPLETED)
        if not entered.done():
            task, self._task = self._task, None
            await task
            raise RuntimeError("Expected a lifespan that yields once, given one that ended before.")

    async def stop(self) -> None:
        """Leaves all of them, in the task that entered them; raises what the last of them raised."""
        task, self._task = self._task, None
        if task is None or self._leave is None:
            return
        # Whoever waits now also runs the thread-sensitive calls of the way out.
        self._executor = current_executor()
        self._leave.set()
        await task

    async def _live(self, entered: asyncio.Future[None], leave: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            for api, entering in self._entries:
                given = await stack.enter_async_context(entering(api))
                if isinstance(given, Mapping):
                    api.state.update(cast("Mapping[str, Any]", given))
            entered.set_result(None)
            await leave.wait()
            adopt_executor(self._executor)
