from __future__ import annotations

import typing

import pytest

from ultrafox.markers import MISSING, Mark
from ultrafox.params import Body, Cookie, Depends, File, Form, Header, Path, Query


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
    limits = Query(gt=1, ge=2, lt=3, le=4, multiple_of=7, min_length=5, max_length=6, pattern="x").constraints
    assert (limits.gt, limits.ge, limits.lt, limits.le, limits.multiple_of) == (1, 2, 3, 4, 7)
    assert (limits.min_length, limits.max_length, limits.pattern) == (5, 6, "x")
    assert Query(regex="y").constraints.pattern == "y"


def test_what_the_document_says():
    about = Query(title="T", description="D", example=1, examples=[2], deprecated=True, include_in_schema=False).about
    assert (about.title, about.description, about.examples) == ("T", "D", (2, 1))
    assert (about.deprecated, about.include_in_schema) == (True, False)


def test_square_brackets():
    annotation = Query[int]
    assert typing.get_args(annotation) == (int, Query())
    assert typing.get_args(Form["Login"])[0] == typing.ForwardRef("Login")
    with pytest.raises(TypeError, match=r"expected one type in brackets, as in Query\[int\]"):
        Query[int, str]


def test_words_for_one_marker_only():
    assert Header(convert_underscores=False).convert_underscores is False
    assert (Body(embed=True).embed, Body(media_type="text/plain").media_type) == (True, "text/plain")
    for refused in (
        lambda: Query(convert_underscores=False),
        lambda: Form(embed=True),
        lambda: Header(media_type="text/plain"),
    ):
        with pytest.raises(TypeError, match=r"is for (Header|Body)"):
            refused()


def test_contradictions():
    for refused, said in (
        (lambda: Query(default=1, default_factory=int), "given both"),
        (lambda: Query(pattern="a", regex="b"), "are the same"),
        (lambda: Query(default_factory=3), "expected a function for default_factory"),
        (lambda: Depends(3), "expected a function or a class"),
    ):
        with pytest.raises(TypeError, match=said):
            refused()


def test_depends():
    assert (Depends().function, Depends().use_cache) == (None, True)
    assert (Depends(len, use_cache=False).function, Depends(len, use_cache=False).use_cache) == (len, False)


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
        (Form, r"Say Form\(alias='a'\) or Form\(default='a'\)\."),
        (File, r"Say File\(alias='a'\)"),
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
    ("marker", "source"),
    [
        *((Path, "path"), (Query, "query"), (Header, "header"), (Cookie, "cookie"), (Body, "body")),
        *((Form, "form"), (File, "file")),
    ],
)
def test_sources(marker, source):
    assert (marker().source, repr(marker)) == (source, source.capitalize())
