"""An API in a URLconf: `reverse()`, several APIs, and what `runfox` does with them."""

from __future__ import annotations

import pytest


@pytest.fixture
def mounted(shared):
    """No API is named: those of the URLconf are found."""
    return shared(settings={"ROOT_URLCONF": "project.placed.urls"})


class TestFound:
    def test_where_the_urlconf_has_them(self, mounted):
        assert mounted.json("/shop/api/one/3") == {"item": 3, "path": "/shop/api/one/3"}
        assert mounted.json("/again/second/items/async/4")["item"] == 4

    def test_served_by_the_engine(self, mounted):
        """Django's own handler writes no such problem."""
        reply = mounted.ask("/shop/api/one/x")
        assert (reply.status, reply.header("content-type")) == (422, "application/problem+json")
        mounted.json("/shop/api/one/3")
        record = mounted.record(lambda record: record["target"] == "/shop/api/one/3")
        assert record["operation"] == "project.mounted.item"

    def test_beside_djangos_own(self, mounted):
        assert mounted.ask("/admin/login/").status == 200

    def test_documents(self, mounted):
        assert mounted.ask("/shop/api/openapi.json").status == 200
        assert mounted.ask("/shop/api/docs").status == 200


class TestReverse:
    def test_by_name(self, mounted):
        answer = mounted.json("/shop/api/names")
        assert answer["second"] == "/again/second/items/3"
        # The last of several places of a name, as in Django.
        assert answer["one"] in [f"/shop/api/{place}/3" for place in ("one", "two", "nested/items")]

    def test_the_match_of_a_request(self, mounted):
        assert mounted.json("/shop/api/match/3") == ["mounts:matched", {"item_id": "3"}]
