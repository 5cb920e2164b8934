"""The cities of the example through both kinds of handlers: what is asked for comes, what is wrong is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

PARIS = 2988507
NOBODY = 999_999_999
ATLANTIS = {
    "name": "Atlantis",
    "country_id": "GR",
    "population": 1,
    "latitude": 36.4,
    "longitude": 25.4,
    "timezone": "Europe/Athens",
}


def problem(reply: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The refusal, when it is the one that is meant."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["trace_id"] == reply.headers["x-trace-id"]
    return body


@pytest.fixture
def atlantis(api: httpx.Client) -> Any:
    created = api.post("/cities", json=ATLANTIS)
    assert created.status_code == 201, created.text
    yield created.json()
    api.delete(f"/cities/{created.json()['id']}")


def test_a_list_has_twenty_cities_unless_asked_otherwise(api: httpx.Client) -> None:
    first = api.get("/cities").json()
    assert len(first) == 20
    assert first[0].keys() == {"id", "admin1", *ATLANTIS}
    assert api.get("/cities", params={"limit": 5, "offset": 3}).json() == first[3:8]


def test_a_thousand_cities_come_in_one_list(api: httpx.Client) -> None:
    ids = [city["id"] for city in api.get("/cities", params={"limit": 1000}).json()]
    assert len(ids) == 1000 and ids == sorted(ids)


def test_an_offset_behind_the_end_gives_an_empty_list(api: httpx.Client) -> None:
    assert api.get("/cities", params={"offset": 1_000_000}).json() == []


def test_a_list_is_filtered_by_country(api: httpx.Client) -> None:
    french = api.get("/cities", params={"country": "FR", "limit": 50}).json()
    assert len(french) == 50
    assert {city["country_id"] for city in french} == {"FR"}


def test_search_gives_the_largest_first(api: httpx.Client) -> None:
    found = api.get("/cities/search", params={"q": "PARIS", "limit": 3}).json()
    assert found[0]["id"] == PARIS
    assert all("paris" in city["name"].lower() for city in found)
    populations = [city["population"] for city in found]
    assert populations == sorted(populations, reverse=True)


def test_search_takes_its_text_as_it_is(api: httpx.Client) -> None:
    assert api.get("/cities/search", params={"q": "São Paulo"}).json()[0]["country_id"] == "BR"
    assert api.get("/cities/search", params={"q": "%"}).json() == []


def test_one_city(api: httpx.Client) -> None:
    paris = api.get(f"/cities/{PARIS}").json()
    assert (paris["name"], paris["country_id"], paris["timezone"]) == ("Paris", "FR", "Europe/Paris")


def test_a_created_city_can_be_read(api: httpx.Client, atlantis: dict[str, Any]) -> None:
    assert atlantis == {**ATLANTIS, "id": atlantis["id"], "admin1": ""}
    assert api.get(f"/cities/{atlantis['id']}").json() == atlantis


def test_put_replaces_a_city(api: httpx.Client, atlantis: dict[str, Any]) -> None:
    other = {**ATLANTIS, "name": "Atlantís 🌊", "country_id": "IT", "admin1": "07"}
    replaced = api.put(f"/cities/{atlantis['id']}", json=other)
    assert replaced.status_code == 200
    assert replaced.json() == {**other, "id": atlantis["id"]} == api.get(f"/cities/{atlantis['id']}").json()


def test_patch_changes_only_what_it_names(api: httpx.Client, atlantis: dict[str, Any]) -> None:
    changed = api.patch(f"/cities/{atlantis['id']}", json={"population": 5})
    assert changed.status_code == 200
    assert changed.json() == {**atlantis, "population": 5}
    assert api.patch(f"/cities/{atlantis['id']}", json={}).json() == changed.json()


def test_a_deleted_city_is_gone(api: httpx.Client, atlantis: dict[str, Any]) -> None:
    path = f"/cities/{atlantis['id']}"
    deleted = api.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert problem(api.get(path), 404, "not_found")["code"] == "not_found"
    assert str(atlantis["id"]) in problem(api.delete(path), 404, "not_found")["detail"]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/cities?limit=many", [["query", "limit"]]),
        ("/cities?limit=0", [["query", "limit"]]),
        ("/cities?limit=1001", [["query", "limit"]]),
        ("/cities?offset=-1", [["query", "offset"]]),
        ("/cities?offset=99999999999999999999999", [["query", "offset"]]),
        ("/cities?limit=no&offset=1.5", [["query", "limit"], ["query", "offset"]]),
        ("/cities?country=france", [["query", "country"]]),
        ("/cities/search", [["query", "q"]]),
        ("/cities/search?q=", [["query", "q"]]),
        ("/cities/search?q=" + "x" * 101, [["query", "q"]]),
        ("/cities/paris", [["path", "id"]]),
    ],
)
def test_wrong_parameters_are_all_named(api: httpx.Client, path: str, where: list[list[str]]) -> None:
    errors = problem(api.get(path), 422, "invalid_parameters")["errors"]
    assert [error["loc"] for error in errors] == where


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, ["body", "name"]),
        ({"name": None}, ["body", "name"]),
        ({"latitude": 90.5}, ["body", "latitude"]),
        ({"longitude": "east"}, ["body", "longitude"]),
        ({"population": -1}, ["body", "population"]),
        ({"population": 1.5}, ["body", "population"]),
        ({"country_id": "gr"}, ["body", "country_id"]),
        ({"admin1": "x" * 21}, ["body", "admin1"]),
    ],
)
def test_wrong_fields_are_named(
    api: httpx.Client, atlantis: dict[str, Any], change: dict[str, Any], where: list[str]
) -> None:
    path = f"/cities/{atlantis['id']}"
    whole = {**ATLANTIS, **change}
    for reply in (api.post("/cities", json=whole), api.put(path, json=whole), api.patch(path, json=change)):
        assert problem(reply, 422, "invalid_body")["errors"][0]["loc"] == where
    assert api.get(path).json() == atlantis


def test_a_body_is_whole_and_has_nothing_more(api: httpx.Client) -> None:
    short = {name: value for name, value in ATLANTIS.items() if name != "timezone"}
    assert "timezone" in problem(api.post("/cities", json=short), 422, "invalid_body")["errors"][0]["message"]
    more = {**ATLANTIS, "mayor": "Poseidon"}
    assert "mayor" in problem(api.post("/cities", json=more), 422, "invalid_body")["errors"][0]["message"]
    assert "id" in problem(api.patch(f"/cities/{PARIS}", json={"id": 1}), 422, "invalid_body")["errors"][0]["message"]
    problem(api.post("/cities", json=[ATLANTIS]), 422, "invalid_body")


def test_a_body_that_is_no_json_is_refused(api: httpx.Client) -> None:
    json = {"content-type": "application/json"}
    problem(api.post("/cities", content=b'{"name": ', headers=json), 400, "invalid_json")
    problem(api.post("/cities", content=b"", headers=json), 400, "body_required")
    problem(api.post("/cities", data={"name": "Atlantis"}), 415, "unsupported_media_type")


def test_a_country_must_exist(api: httpx.Client, atlantis: dict[str, Any]) -> None:
    path = f"/cities/{atlantis['id']}"
    nowhere = {**ATLANTIS, "country_id": "ZZ"}
    replies = api.post("/cities", json=nowhere), api.put(path, json=nowhere), api.patch(path, json={"country_id": "ZZ"})
    for reply in replies:
        assert "/api/countries" in problem(reply, 422, "unprocessable_entity")["detail"]
    assert api.get(path).json() == atlantis


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("PUT", ATLANTIS), ("PATCH", {"population": 5}), ("DELETE", None)]
)
def test_a_city_that_is_not_there_is_not_found(api: httpx.Client, method: str, body: Any) -> None:
    problem(api.request(method, f"/cities/{NOBODY}", json=body), 404, "not_found")


def test_an_id_beyond_all_numbers_is_refused(api: httpx.Client) -> None:
    assert api.get(f"/cities/{10**30}").status_code in (404, 422)
    assert api.get("/cities/9223372036854775807").status_code == 404


def test_other_methods_are_named(api: httpx.Client) -> None:
    reply = api.post(f"/cities/{PARIS}", json=ATLANTIS)
    problem(reply, 405, "method_not_allowed")
    assert {"GET", "PUT", "PATCH", "DELETE"} <= set(reply.headers["allow"].split(", "))


def test_head_is_get_without_a_body(api: httpx.Client) -> None:
    get, head = api.get(f"/cities/{PARIS}"), api.head(f"/cities/{PARIS}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_both_kinds_of_handlers_say_the_same(client: httpx.Client) -> None:
    for path in ("/cities?limit=100&offset=500", "/cities/search?q=new", f"/cities/{PARIS}"):
        assert client.get(f"/api{path}").content == client.get(f"/api/sync{path}").content
