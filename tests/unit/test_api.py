from __future__ import annotations

import pytest

from ultrafox import API


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


def test_the_door_of_a_later_version():
    with pytest.raises(AttributeError, match=r"`manage\.py runfox` finds the API by itself"):
        assert API().urls
    assert not hasattr(API(), "urls")
