from __future__ import annotations

import pytest

from ultrafox.exceptions import DeclarationError
from ultrafox.path import join, parse


@pytest.mark.parametrize(
    ("prefix", "path", "whole"),
    [
        ("", "/", "/"),
        ("", "", "/"),
        ("", "items", "/items"),
        ("/api", "", "/api"),
        ("/api", "/", "/api/"),
        ("/api/", "/items/", "/api/items/"),
        ("api", "items", "/api/items"),
        ("/", "/items", "/items"),
    ],
)
def test_join(prefix, path, whole):
    assert join(prefix, path) == whole


@pytest.mark.parametrize(
    ("path", "canonical", "converters"),
    [
        ("/", "/", {}),
        ("/items/{id}", "/items/{id}", {"id": None}),
        ("/items/{int:id}", "/items/{id}", {"id": "int"}),
        ("/a/{slug:s}/{uuid:u}/{str:t}", "/a/{s}/{u}/{t}", {"s": "slug", "u": "uuid", "t": "str"}),
        ("/files/{rest:path}", "/files/{*rest}", {"rest": "path"}),
        ("/files/{path:rest}", "/files/{*rest}", {"rest": "path"}),
        ("/files/{path:path}", "/files/{*path}", {"path": "path"}),
        ("/files/{path}", "/files/{path}", {"path": None}),
        ("/items/{id:int}", "/items/{id}", {"id": "int"}),
        ("/a.{ext}", "/a.{ext}", {"ext": None}),
    ],
)
def test_parse(path, canonical, converters):
    template = parse(path)
    assert (template.canonical, template.converters) == (canonical, converters)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/items?page=1", "query and fragment"),
        ("/items#top", "query and fragment"),
        ("/{a}/{a}", "names `a` twice"),
        ("/{a", "brace without its partner"),
        ("/a}", "brace without its partner"),
        ("/{}", "name of an argument"),
        ("/{a-b}", "name of an argument"),
        ("/{itn:number}", "Did you mean `int`"),
        ("/{number:itn}", "Did you mean `int`"),
        ("/{id:year}", "Expected a converter out of"),
    ],
)
def test_refused(path, said):
    with pytest.raises(DeclarationError) as refusal:
        parse(path)
    assert said in str(refusal.value)
    assert path in str(refusal.value) or path[1:] in str(refusal.value)
