from __future__ import annotations

import asyncio
import io
import os
import tempfile

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile

from ultrafox.uploads import UploadFile, base_name, make


def on_disk(content: bytes) -> UploadFile:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return make("photo", "a.txt", "text/plain", len(content), os.dup(file.fileno()))


@pytest.fixture(params=["memory", "disk"])
def upload(request):
    file = make("photo", "a.txt", "text/plain", 6, b"ab\ncde") if request.param == "memory" else on_disk(b"ab\ncde")
    yield file
    file.close()


def test_what_it_says(upload):
    assert isinstance(upload, UploadedFile)
    assert (upload.filename, upload.name, upload.size, len(upload)) == ("a.txt", "a.txt", 6, 6)
    assert (upload.content_type, upload.field_name) == ("text/plain", "photo")
    assert upload.headers["content-type"] == "text/plain"


def test_reading(upload):
    assert upload.read(2) == b"ab"
    assert upload.tell() == 2
    assert upload.read() == b"\ncde" and upload.read() == b""
    upload.seek(0)
    assert type(bytes(upload.read())) is bytes
    assert b"".join(upload.chunks(2)) == b"ab\ncde"
    assert list(upload) == [b"ab\n", b"cde"]
    assert upload.open().read() == b"ab\ncde"


def test_reading_with_await(upload):
    async def read():
        assert await upload.read(3) == b"ab\n"
        assert await upload.seek(1) == 1
        assert await upload.aread() == b"b\ncde"
        assert await upload.aseek(0) == 0
        assert [piece async for piece in upload.achunks(4)] == [b"ab\nc", b"de"]
        await upload.close()
        await upload.aclose()

    asyncio.run(read())
    assert upload.closed


def test_reading_too_late(upload):
    upload.close()
    upload.close()
    with pytest.raises(ValueError, match=r"given 'a.txt' after its request"):
        upload.read()


def test_a_file_on_disk_is_gone_when_it_is_closed():
    file = on_disk(b"abc")
    descriptor = file.file.fileno()
    file.close()
    with pytest.raises(OSError):
        os.fstat(descriptor)


def test_storages_take_it(upload, tmp_path):
    upload.read()
    storage = FileSystemStorage(tmp_path)
    name = storage.save(upload.name, upload)
    assert (tmp_path / name).read_bytes() == b"ab\ncde"


def test_as_context():
    with make("a", "b", None, 1, b"c") as file:
        assert file.read() == b"c"
    assert file.closed


def test_made_by_hand():
    file = UploadFile(io.BytesIO(b"x"), name="x.png", content_type="image/png", size=1)
    assert (file.read(), file.filename) == (b"x", "x.png")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("plan.txt", "plan.txt"),
        ("C:\\docs\\plan.txt", "plan.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("..", "upload"),
        ("a/", "upload"),
        ("", "upload"),
        (None, "upload"),
        ("ä ö.txt", "ä ö.txt"),
    ],
)
def test_names(given, name):
    assert base_name(given) == name
    assert make("f", given, None, 0, b"").name == name


@pytest.mark.parametrize("given", ["x" * 1000 + ".png", "x" * 1000, "." + "x" * 1000, "a." + "x" * 1000])
def test_long_names(given):
    name = base_name(given)
    assert len(name) <= 255 and name[0] == given[0]
    assert not given.endswith(".png") or name.endswith(".png")
