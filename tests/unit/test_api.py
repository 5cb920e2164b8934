from __future__ import annotations

import pytest

from ultrafox import API, Router
from ultrafox.exceptions import DeclarationError


def test_what_is_said_about_all_of_it():
    api = API(title="Shop", version="2", description="All of it.", prefix="api/")
    assert (api.title, api.version, api.description, api.prefix) == ("Shop", "2", "All of it.", "/api")
    assert repr(api) == "<API /api>"


@pytest.mark.parametrize(("prefix", "claim"), [("/api/", "/api"), ("", None), ("/", None), ("/{tenant}/api", None)])
def test_what_no_path_of_django_is_below(prefix, claim):
    assert API(prefix=prefix).claim == claim


def test_unknown_keywords():
    with pytest.raises(TypeError, match=r"API takes .*, given `titel`\. Did you mean `title`\?"):
        API(titel="Shop")
    with pytest.raises(TypeError, match="given `auth`, which is not served by this version yet"):
        API(auth=None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"errors": "boosted"},
            r"expected problem, boost, ninja for `errors`, given 'boosted'\. Did you mean `boost`\?",
        ),
        ({"lifespan": 1}, "lifespan"),
        ({"openapi": 1}, "openapi"),
        ({"servers": "https://example.com"}, "servers"),
    ],
)
def test_what_cannot_be_said(given, said):
    with pytest.raises(DeclarationError, match=said):
        API(**given)


def test_its_pages_are_operations_until_they_are_turned_off():
    def paths(**options):
        return {operation.path for _, operation in API(**options).freeze()}

    assert {"/openapi.json", "/docs"} <= paths()
    assert "/docs" not in paths(docs=None) and "/openapi.json" in paths(docs=None)
    assert paths(docs=None, openapi_url=None) == set()


def test_exception_handlers_come_before_the_start():
    api = API()
    api.exception_handler(404)(lambda request, error: None)
    list(api.freeze())
    for late in (lambda: api.exception_handler(404), lambda: api.add_exception_handler(KeyError, print)):
        with pytest.raises(DeclarationError, match="Expected all exception handlers before the start"):
            late()


def test_all_of_it_is_one_policy():
    api, inner = API(tags=["all"], compress=False, exclude_none=True), Router(tags=["inner", "all"])
    inner.get("/x", tags=["x"], exclude_none=False)(lambda: None)
    api.add_router("/inner", inner, deprecated=True)
    (policy,) = [operation.policy for _, operation in api.freeze() if operation.path == "/x"]
    assert policy.tags == ("all", "inner", "x")
    assert (policy.compress, policy.exclude_none, policy.deprecated, policy.by_alias) == (False, False, True, None)
