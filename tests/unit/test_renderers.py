from __future__ import annotations

import datetime
import json
import uuid

import msgspec
import pytest

from ultrafox.exceptions import DeclarationError
from ultrafox.renderers import JSONRenderer, MsgpackRenderer, Renderer, check_renderers


class Out(msgspec.Struct):
    id: int


class CSV(Renderer):
    media_type = "text/csv"

    def render(self, data, *, request, status):
        return ""


def test_json():
    assert json.loads(JSONRenderer().render({"a": Out(1)}, request=None, status=200)) == {"a": {"id": 1}}


def test_msgpack():
    moment = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    sent = MsgpackRenderer().render(
        {"a": [Out(2**40)], "b": b"\xff", "c": moment, "d": uuid.UUID(int=1)}, request=None, status=200
    )
    assert msgspec.msgpack.decode(sent) == {
        "a": [{"id": 2**40}],
        "b": b"\xff",
        "c": moment,
        "d": "00000000-0000-0000-0000-000000000001",
    }
    with pytest.raises(TypeError, match="Expected a value that JSON can hold"):
        MsgpackRenderer().render(object(), request=None, status=200)


def test_classes_are_called():
    checked = check_renderers([CSV, JSONRenderer()], "shop.py:1: API")
    assert [type(renderer) for renderer in checked] == [CSV, JSONRenderer]
    assert check_renderers([], "") == ()


def test_one_that_is_written_without_the_base():
    class Plain:
        media_type = "text/plain"

        def render(self, data, *, request, status):
            return "x"

    assert isinstance(check_renderers([Plain], "")[0], Plain)


@pytest.mark.parametrize("media_type", ["", "csv", "text/CSV", "text/csv; charset=utf-8", "text/*\n", None, "a b/c"])
def test_media_types(media_type):
    class Odd(CSV):
        pass

    Odd.media_type = media_type
    with pytest.raises(DeclarationError, match=r"^api: expected a media type .* for Renderer .*, given "):
        check_renderers([Odd()], "api")


def test_what_is_no_renderer():
    for given in (object(), "text/csv", dict):
        with pytest.raises(DeclarationError, match="expected a Renderer with a method `render`"):
            check_renderers([given], "api")


def test_two_of_one_type():
    with pytest.raises(DeclarationError, match="two of text/csv are given"):
        check_renderers([CSV, CSV()], "api")


def test_the_base_renders_nothing():
    with pytest.raises(NotImplementedError, match="Renderer needs a method `render"):
        Renderer().render({}, request=None, status=200)
