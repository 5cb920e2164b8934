from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async

from ultrafox import caller
from ultrafox.exceptions import DeclarationError
from ultrafox.lifespan import Lifespan, State, check


def api(function):
    return SimpleNamespace(lifespan=function, state=State())


def test_entered_in_order_and_left_in_reverse():
    steps = []

    def one(name):
        async def lifespan(api):
            steps.append(f"{name} in")
            yield {name: True}
            steps.append(f"{name} out")

        return api_of(lifespan)

    api_of = api
    first, second = one("first"), one("second")
    lifespan = Lifespan([first, second])

    async def live():
        await lifespan.start()
        steps.append("between")
        await lifespan.stop()

    asyncio.run(live())
    assert steps == ["first in", "second in", "between", "second out", "first out"]
    assert first.state.first is True and second.state == {"second": True}


def test_one_task_enters_and_leaves():
    tasks = []

    @asynccontextmanager
    async def lifespan(api):
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            tasks.append(asyncio.current_task())
            group.create_task(asyncio.sleep(0))
            yield
            tasks.append(asyncio.current_task())

    whole = Lifespan([api(lifespan)])
    caller.run(whole.start())
    caller.run(whole.stop())
    assert len(tasks) == 2 and tasks[0] is tasks[1]


def test_thread_sensitive_calls_run_where_somebody_waits():
    threads = []

    async def lifespan(api):
        threads.append(await sync_to_async(threading.current_thread)())
        yield
        threads.append(await sync_to_async(threading.current_thread)())

    whole = Lifespan([api(lifespan)])
    caller.run(whole.start())
    caller.run(whole.stop())
    assert threads == [threading.current_thread()] * 2


def test_an_error_on_the_way_in_leaves_what_was_entered():
    steps = []

    async def fine(api):
        try:
            yield
        finally:
            steps.append("out")

    async def broken(api):
        raise LookupError("on purpose")
        yield

    with pytest.raises(LookupError, match="on purpose"):
        asyncio.run(Lifespan([api(fine), api(broken)]).start())
    assert steps == ["out"]


def test_an_error_on_the_way_out_is_raised():
    async def broken(api):
        yield
        raise LookupError("on purpose")

    async def live():
        lifespan = Lifespan([api(broken)])
        await lifespan.start()
        await lifespan.stop()

    with pytest.raises(LookupError, match="on purpose"):
        asyncio.run(live())


def test_without_any_nothing_happens():
    lifespan = Lifespan([api(None)])
    assert not lifespan
    asyncio.run(lifespan.start())
    asyncio.run(lifespan.stop())


def test_it_can_be_entered_again():
    steps = []

    async def lifespan(api):
        steps.append("in")
        yield

    whole = Lifespan([api(lifespan)])
    for _ in range(2):
        caller.run(whole.start())
        caller.run(whole.stop())
    assert steps == ["in", "in"]


def a_generator(api):
    yield


async def a_coroutine(api): ...


async def of_nothing():
    yield


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "expected an async generator function for `lifespan`, given 3"),
        (a_generator, "given a generator"),
        (a_coroutine, "given a coroutine"),
        (of_nothing, "takes the API as its one argument"),
    ],
)
def test_what_is_refused(given, said):
    with pytest.raises(DeclarationError) as refused:
        check(given)
    assert said.lower() in str(refused.value).lower()


def test_state_is_a_mapping_with_attributes():
    state = State(a=1)
    state.b = 2
    assert state == {"a": 1, "b": 2} and state["b"] == state.b
    del state.a
    with pytest.raises(AttributeError, match="in the state \\(b\\), given 'a'"):
        _ = state.a
    with pytest.raises(AttributeError, match="given 'a'"):
        del state.a
