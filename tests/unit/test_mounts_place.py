from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import Http404

from ultrafox.mounts.place import split


def at(path, **kwargs):
    return SimpleNamespace(path=path, resolver_match=SimpleNamespace(kwargs=kwargs))


@pytest.mark.parametrize(
    ("path", "rest", "found"),
    [
        ("/api/old", "", ("/api/old", "/")),
        ("/api/old/", "", ("/api/old", "/")),
        ("/api/old/a/b", "a/b", ("/api/old", "/a/b")),
        ("/old/old/", "old/", ("/old", "/old/")),
        ("/a", "a", ("", "/a")),
        ("/api/old//admin", "/admin", ("/api/old", "//admin")),
        ("/api/old///", "//", ("/api/old", "///")),
        ("/", "", ("", "/")),
    ],
)
def test_split(path, rest, found):
    assert split(at(path, rest=rest)) == found


def test_without_a_rest():
    assert split(at("/old")) == split(SimpleNamespace(path="/old")) == ("/old", "/")


def test_a_rest_that_is_not_in_the_path():
    with pytest.raises(Http404):
        split(at("/old/\ufffd", rest="x"))
