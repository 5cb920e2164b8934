from __future__ import annotations

import msgspec
import pytest

from ultrafox.exceptions import DeclarationError
from ultrafox.parsers import JSONParser, MsgpackParser, Parser, check_parsers


def test_they_read_what_was_written():
    value = {"a": [1, None, "ü", 2.5, True]}
    assert JSONParser().parse(msgspec.json.encode(value), content_type="application/json") == value
    assert MsgpackParser().parse(msgspec.msgpack.encode(value), content_type="application/msgpack") == value


@pytest.mark.parametrize("parser", [JSONParser(), MsgpackParser()])
def test_what_they_cannot_read(parser):
    for body in (b"", b"\xc1"):
        with pytest.raises(ValueError):
            parser.parse(body, content_type=parser.media_type)


def test_they_are_checked():
    assert [type(parser) for parser in check_parsers([JSONParser, MsgpackParser()], "api")] == [
        JSONParser,
        MsgpackParser,
    ]
    with pytest.raises(DeclarationError, match="api: expected a Parser with a method `parse`"):
        check_parsers([object()], "api")
    with pytest.raises(DeclarationError, match="two of application/json are given"):
        check_parsers([JSONParser, JSONParser], "api")
    with pytest.raises(DeclarationError, match="expected a media type in lower case"):
        check_parsers([Parser()], "api")


def test_the_base_parses_nothing():
    with pytest.raises(NotImplementedError, match="Parser needs a method `parse"):
        Parser().parse(b"", content_type="a/b")
