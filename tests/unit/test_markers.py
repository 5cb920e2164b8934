from __future__ import annotations

import pytest

from ultrafox.markers import MISSING, Mark
from ultrafox.params import Body, Cookie, Header, Path, Query


def test_a_text_is_the_name_on_the_wire():
    mark = Header("X-API-Key")
    assert isinstance(mark, Mark)
    assert (mark.source, mark.alias, mark.default) == ("header", "X-API-Key", MISSING)


def test_anything_else_is_the_default():
    assert Query(5).default == 5
    assert Query(None).default is None
    assert Query(...).default is MISSING
    assert Query(default=...).default is MISSING
    assert Query(default="text").default == "text"


def test_constraints():
    limits = Query(gt=1, ge=2, lt=3, le=4, min_length=5, max_length=6, pattern="x").constraints
    assert (limits.gt, limits.ge, limits.lt, limits.le) == (1, 2, 3, 4)
    assert (limits.min_length, limits.max_length, limits.pattern) == (5, 6, "x")


@pytest.mark.parametrize("marker", [Header, Cookie])
def test_two_names(marker):
    with pytest.raises(TypeError, match="expected the name on the wire once"):
        marker("a", alias="b")


@pytest.mark.parametrize(
    ("marker", "cure"),
    [
        (Query, r"Say Query\(alias='a'\) or Query\(default='a'\)\."),
        (Path, r"Say Path\(alias='a'\)"),
        (Body, r"Say Body\(default='a'\)"),
    ],
)
def test_a_text_that_may_mean_two_things(marker, cure):
    with pytest.raises(TypeError, match=rf"given 'a'\. {cure}"):
        marker("a")


def test_two_defaults():
    with pytest.raises(TypeError, match="expected the default once"):
        Query(1, default=2)


def test_unknown_keywords():
    with pytest.raises(TypeError, match="minimum"):
        Query(minimum=3)


@pytest.mark.parametrize(
    ("marker", "source"), [(Path, "path"), (Query, "query"), (Header, "header"), (Cookie, "cookie"), (Body, "body")]
)
def test_sources(marker, source):
    assert (marker().source, repr(marker)) == (source, source.capitalize())
