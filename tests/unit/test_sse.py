from __future__ import annotations

import datetime

import msgspec
import pytest
from django.utils.translation import gettext_lazy

from ultrafox.sse import ServerSentEvent, event_bytes


class Price(msgspec.Struct):
    price: int


@pytest.mark.parametrize(
    ("item", "sent"),
    [
        ("text", b"data: text\n\n"),
        ("", b"data: \n\n"),
        ("ü", "data: ü\n\n".encode()),
        ("one\ntwo", b"data: one\ndata: two\n\n"),
        ("one\r\ntwo\rthree\n", b"data: one\ndata: two\ndata: three\ndata: \n\n"),
        ("a\u2028b\x0bc", "data: a\u2028b\x0bc\n\n".encode()),
        (b"bytes", b"data: bytes\n\n"),
        ({"a": 1}, b'data: {"a":1}\n\n'),
        ([1, None], b"data: [1,null]\n\n"),
        (Price(3), b'data: {"price":3}\n\n'),
        (7, b"data: 7\n\n"),
        (datetime.date(2026, 1, 2), b'data: "2026-01-02"\n\n'),
        (gettext_lazy("Monday"), b"data: Monday\n\n"),
        (ServerSentEvent("x"), b"data: x\n\n"),
        (ServerSentEvent({"a": "l\nm"}), b'data: {"a":"l\\nm"}\n\n'),
        (ServerSentEvent(event="end"), b"event: end\ndata: \n\n"),
        (ServerSentEvent(comment="still\nhere"), b": still\n: here\n\n"),
        (ServerSentEvent(retry=0), b"retry: 0\n\n"),
        (
            ServerSentEvent(Price(1), event="price", id=7, retry=3000, comment="c"),
            b': c\nevent: price\nid: 7\nretry: 3000\ndata: {"price":1}\n\n',
        ),
    ],
)
def test_items(item, sent):
    assert event_bytes(item) == sent


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\r\ndata: x", "a\0b", "\n"])
@pytest.mark.parametrize("field", ["event", "id"])
def test_no_field_can_be_put_into_another(field, text):
    with pytest.raises(ValueError, match=f"Expected one line of text for `{field}`"):
        ServerSentEvent("x", **{field: text})


@pytest.mark.parametrize("retry", [-1, 1.5, "1", True])
def test_retry(retry):
    with pytest.raises(ValueError, match="Expected milliseconds"):
        ServerSentEvent("x", retry=retry)


def test_what_json_cannot_hold():
    with pytest.raises(TypeError, match="Expected a value that JSON can hold"):
        event_bytes(object())


def test_repr():
    assert repr(ServerSentEvent("x", event="e")) == "ServerSentEvent(data='x', event='e')"
