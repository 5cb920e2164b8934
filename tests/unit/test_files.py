from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

from ultrafox.exceptions import NotFound
from ultrafox.files import FileResponse, disposition
from ultrafox.streaming import BLOCK


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF" * 100)
    os.utime(path, (0, 86400))
    return path


OPENED: list[FileResponse] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Closes what a test only looked at."""
    yield
    while OPENED:
        OPENED.pop().close()


def opened(*args: Any, **options: Any) -> Any:
    OPENED.append(FileResponse(*args, **options).open())
    return OPENED[-1]


def body(response: Any) -> bytes:
    try:
        return b"".join(response.streaming_content)
    finally:
        response.close()


class TestPath:
    def test_all_that_is_known_is_said(self, report):
        for path in (report, str(report)):
            response = opened(path)
            assert response.status_code == 200
            assert response["Content-Type"] == "application/pdf"
            assert response["Content-Length"] == "400"
            assert response["Last-Modified"] == "Fri, 02 Jan 1970 00:00:00 GMT"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert "Content-Disposition" not in response
            assert body(response) == b"%PDF" * 100

    def test_it_is_opened_when_the_reply_is_made(self, report):
        response: Any = FileResponse(report)
        report.write_bytes(b"new")
        assert not response.is_open
        assert body(response.open()) == b"new"
        assert response.is_open
        assert response.open() is response

    def test_whoever_forgets_to_open_it_reads_it_all_the_same(self, report):
        assert body(FileResponse(report)) == b"%PDF" * 100

    def test_whether_it_is_saved(self, report):
        def said(**options):
            return opened(report, **options).get("Content-Disposition")

        assert said() is None
        assert said(filename="document.pdf") == 'attachment; filename="document.pdf"'
        assert said(filename="document.pdf", as_attachment=False) == 'inline; filename="document.pdf"'
        assert said(as_attachment=True) == 'attachment; filename="report.pdf"'

    def test_types(self, report):
        assert opened(report, filename="a.txt")["Content-Type"] == "text/plain; charset=utf-8"
        assert opened(report, media_type="text/plain; charset=latin-1")["Content-Type"] == "text/plain; charset=latin-1"
        assert opened(report, filename="a.txt.gz")["Content-Type"] == "application/gzip"
        assert opened(report, filename="a.unknown")["Content-Type"] == "application/octet-stream"
        assert opened(report, media_type="image/png")["Content-Type"] == "image/png"
        assert opened(report, content_type="image/png")["Content-Type"] == "image/png"
        assert opened(report, headers={"content-type": "image/gif"})["Content-Type"] == "image/gif"

    def test_fields_of_ones_own_stay(self, report):
        headers = {
            "last-modified": "x",
            "content-disposition": "inline",
            "x-content-type-options": "y",
        }
        response = opened(report, "a.pdf", headers=headers, status_code=203)
        assert response.status_code == 203
        assert response["Last-Modified"] == "x"
        assert response["Content-Disposition"] == "inline"
        assert response["X-Content-Type-Options"] == "y"

    def test_what_is_not_there(self, tmp_path, report, caplog):
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "nothing", tmp_path, tmp_path / "pipe", report / "x", "/dev/zero", "a\0b"):
            caplog.clear()
            with pytest.raises(NotFound):
                opened(path)
            assert "of a reply is not there" in caplog.text

    def test_a_file_is_closed_at_every_end(self, report):
        response = opened(report)
        file = _file_of(response)
        next(response.streaming_content)
        assert not file.closed
        response.close()
        assert file.closed
        response = opened(report)
        file = _file_of(response)
        list(response.streaming_content)
        assert file.closed
        response = opened(report)
        file = _file_of(response)
        response.close()
        assert file.closed

    def test_what_was_put_around_it_before_it_was_open_stays(self, report):
        ended: list[str] = []

        def around(chunks):
            try:
                yield from chunks
            finally:
                ended.append("dependency")

        for left in (False, True):
            response: Any = FileResponse(report)
            OPENED.append(response)
            response.streaming_content = around(response.streaming_content)
            response.open()
            assert response["Content-Length"] == "400"
            chunks = response.streaming_content
            assert next(chunks) == b"%PDF" * 100
            if not left:
                assert list(chunks) == []
            response.close()
            assert response._source._after[0].__self__.closed
        assert ended == ["dependency"] * 2

    def test_the_server_may_read_it_by_itself(self, report, tmp_path):
        """Where nothing stands between: no text, no `read` of a storage's own."""

        def given(file):
            return opened(file)._iterator.descriptor

        number, start, length = given(report)
        assert (start, length) == (0, 400) and number > 2
        file = report.open("rb")
        file.seek(390)
        assert given(file)[1:] == (390, 10)
        assert given(File(report.open("rb")))[1:] == (0, 400)

        class Decrypting(File):
            def read(self, size=-1):
                return b"x" * len(self.file.read(size))

        assert given(Decrypting(report.open("rb"))) is None
        assert given(ContentFile(b"hello")) is None
        assert given(b"hello") is None

    def test_a_large_file_comes_in_blocks(self, tmp_path):
        large = tmp_path / "large.bin"
        large.write_bytes(b"x" * (BLOCK * 2 + 1))
        assert list(map(len, opened(large).streaming_content)) == [BLOCK, BLOCK, 1]

    def test_a_file_that_is_cut_breaks_the_answer_off(self, tmp_path):
        large = tmp_path / "large.bin"
        large.write_bytes(b"x" * (BLOCK * 2))
        response = opened(large)
        chunks = response.streaming_content
        next(chunks)
        os.truncate(large, BLOCK)
        with pytest.raises(EOFError, match=f"given {BLOCK} fewer"):
            next(chunks)

    def test_a_file_that_grows_is_sent_as_long_as_it_was_said_to_be(self, report):
        response = opened(report)
        with report.open("ab") as file:
            file.write(b"more")
        assert len(body(response)) == 400


class TestFiles:
    def test_bytes(self):
        for content in (b"abc", bytearray(b"abc"), memoryview(b"abc")):
            response = opened(content, filename="a.png")
            assert (response["Content-Length"], response["Content-Type"]) == ("3", "image/png")
            assert body(response) == b"abc"
        assert opened(b"")["Content-Length"] == "0"

    def test_files_are_sent_from_where_they_stand(self, report):
        file = report.open("rb")
        file.seek(390)
        response = opened(file)
        assert response["Content-Length"] == "10"
        assert response["Content-Type"] == "application/pdf"
        assert len(body(response)) == 10
        assert file.closed

    def test_files_without_a_length(self):
        class Pipe(io.RawIOBase):
            left = 3

            def readable(self):
                return True

            def readinto(self, buffer):
                self.left -= 1
                buffer[:1] = b"x"
                return 1 if self.left >= 0 else 0

        response = opened(Pipe())
        assert "Content-Length" not in response
        assert body(response) == b"xxx"

    def test_djangos_files(self, tmp_path):
        storage = FileSystemStorage(tmp_path)
        name = storage.save("note.txt", ContentFile(b"hello"))
        for file in (storage.open(name), File((tmp_path / name).open("rb")), ContentFile(b"hello", "note.txt")):
            response = opened(file)
            assert (response["Content-Length"], response["Content-Type"]) == ("5", "text/plain; charset=utf-8")
            assert body(response) == b"hello"

    def test_a_file_without_a_name(self):
        with tempfile.TemporaryFile() as file:
            assert opened(file)["Content-Type"] == "application/octet-stream"

    @pytest.mark.parametrize("given", [None, 1, object()])
    def test_what_is_no_file(self, given):
        with pytest.raises(TypeError, match="Expected a path, a file or bytes to send"):
            FileResponse(given)


@pytest.mark.parametrize(
    ("filename", "said"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("two words.pdf", 'attachment; filename="two words.pdf"'),
        ("Übersicht.pdf", "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf"),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        ("50%.pdf", "attachment; filename=\"50_.pdf\"; filename*=UTF-8''50%25.pdf"),
        ("a\r\nX-B: 1", "attachment; filename=\"aX-B_ 1\"; filename*=UTF-8''aX-B%3A%201"),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\temp\\a.txt", 'attachment; filename="a.txt"'),
        ("gpj\u202eexe.", 'attachment; filename="gpjexe."'),
        ("\x00", "attachment"),
        ("", "attachment"),
    ],
)
def test_dispositions(filename, said):
    assert disposition(filename, True) == said


def _file_of(response: Any) -> Any:
    """The file behind the response's stream."""
    return response._iterator._after[0].__self__
