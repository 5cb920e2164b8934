from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from ultrafox.streaming import AsyncChunks, Chunks, chunks_of


def read(chunks: Any) -> list[bytes]:
    assert isinstance(chunks, Chunks)
    return list(chunks)


def aread(chunks: Any) -> list[bytes]:
    assert isinstance(chunks, AsyncChunks)

    async def collect() -> list[bytes]:
        return [chunk async for chunk in chunks]

    return asyncio.run(collect())


class Log:
    """Generators that say when they end."""

    def __init__(self) -> None:
        self.ended = 0

    def sync(self, fails: bool = False):
        try:
            yield "one"
            yield b"two"
            if fails:
                raise RuntimeError("midway")
        finally:
            self.ended += 1

    async def later(self, fails: bool = False):
        try:
            yield "one"
            await asyncio.sleep(0)
            yield b"two"
            if fails:
                raise RuntimeError("midway")
        finally:
            await asyncio.sleep(0)
            self.ended += 1


class TestContents:
    @pytest.mark.parametrize(
        "content",
        [
            Log().sync(),
            Log().sync,
            ["one", b"two"],
            ("one", bytearray(b"two")),
            iter(["one", memoryview(b"two")]),
            lambda: ["one", "two"],
        ],
    )
    def test_sync(self, content):
        assert read(chunks_of(content)) == [b"one", b"two"]

    @pytest.mark.parametrize("called", [True, False])
    def test_async(self, called):
        content = Log().later
        assert aread(chunks_of(content() if called else content)) == [b"one", b"two"]

    def test_text_is_utf_8(self):
        assert read(chunks_of(["ü"])) == ["ü".encode()]

    @pytest.mark.parametrize("content", ["text", b"text", bytearray(b"text"), memoryview(b"text")])
    def test_one_piece(self, content):
        assert read(chunks_of(content)) == [b"text"]

    def test_a_file_is_read_in_blocks_and_closed(self):
        for file in (io.BytesIO(b"x" * 100_000), io.StringIO("x" * 100_000)):
            blocks = read(chunks_of(file))
            assert b"".join(blocks) == b"x" * 100_000
            assert len(blocks) == 2
            assert file.closed

    def test_what_is_no_content(self):
        async def value():
            return [b"x"]

        for content in (1, None, object(), {"a": 1}):
            with pytest.raises(TypeError, match="Expected an iterator, an async iterator"):
                chunks_of(content)
        for content in (value, value()):
            with pytest.raises(TypeError, match="which has to be awaited"):
                chunks_of(content)

    def test_what_is_no_chunk(self):
        with pytest.raises(TypeError, match="Expected bytes or str as a chunk of a stream, given dict"):
            read(chunks_of([{}]))


class TestEnds:
    """A generator ends once, at whichever end."""

    def test_at_its_end(self):
        log = Log()
        read(chunks_of(log.sync))
        aread(chunks_of(log.later))
        assert log.ended == 2

    def test_when_it_fails(self):
        log = Log()
        with pytest.raises(RuntimeError, match="midway"):
            read(chunks_of(log.sync(fails=True)))
        with pytest.raises(RuntimeError, match="midway"):
            aread(chunks_of(log.later(fails=True)))
        assert log.ended == 2

    def test_when_a_chunk_is_none(self):
        closed: list[int] = []
        with pytest.raises(TypeError):
            read(chunks_of([1]).followed_by(lambda: closed.append(1)))
        assert closed == [1]

    def test_when_the_client_goes(self):
        log = Log()
        chunks = chunks_of(log.sync)
        assert next(chunks) == b"one"
        chunks.close()
        chunks.close()
        assert log.ended == 1
        assert list(chunks) == []

    def test_when_the_client_of_an_async_one_goes(self):
        log = Log()

        async def leave():
            chunks = chunks_of(log.later)
            assert await anext(chunks) == b"one"
            await chunks.aclose()
            await chunks.aclose()
            return [chunk async for chunk in chunks]

        assert asyncio.run(leave()) == []
        assert log.ended == 1

    def test_when_the_task_is_cancelled(self):
        log = Log()

        async def waiting():
            try:
                yield b"one"
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0)
                log.ended += 1

        async def cancelled():
            chunks = chunks_of(waiting)
            await anext(chunks)
            task = asyncio.ensure_future(chunks.__anext__())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return log.ended

        assert asyncio.run(cancelled()) == 1

    def test_before_it_has_begun(self):
        closed: list[int] = []
        chunks_of(Log().sync).followed_by(lambda: closed.append(1)).close()
        asyncio.run(chunks_of(Log().later).followed_by(lambda: closed.append(2)).aclose())
        assert closed == [1, 2]

    def test_every_closer_runs_also_after_one_that_fails(self):
        closed: list[int] = []

        def fail() -> None:
            raise RuntimeError("closer")

        chunks = chunks_of([b"x"]).followed_by(fail).followed_by(lambda: closed.append(1))
        with pytest.raises(RuntimeError, match="closer"):
            chunks.close()
        assert closed == [1]

    def test_what_an_async_stream_reads_from_is_closed_as_well(self):
        log = Log()

        async def leave():
            inner = log.later()

            async def outer():
                async for chunk in inner:
                    yield chunk

            chunks = AsyncChunks(outer(), within=(inner,))
            await anext(chunks)
            await chunks.aclose()
            return log.ended

        assert asyncio.run(leave()) == 1

    def test_nothing_is_read_ahead(self):
        taken: list[int] = []

        def numbers():
            for number in range(3):
                taken.append(number)
                yield str(number)

        chunks = chunks_of(numbers)
        assert taken == []
        assert next(chunks) == b"0"
        assert taken == [0]
        chunks.close()
