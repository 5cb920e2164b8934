"""The rest of the example: its other handlers, its Django pages, its commands."""

from __future__ import annotations

import re
import stat
import time
from html import unescape
from pathlib import Path

import httpx
import pytest

from atlas_project import Atlas, Manage


def test_countries(client: httpx.Client) -> None:
    countries = client.get("/api/countries").json()
    names = [country["name"] for country in countries]
    assert len(names) > 240 and names == sorted(names)
    assert client.get("/api/countries/FR").json() == client.get("/api/countries/fr").json()
    assert client.get("/api/countries/FR").json()["capital"] == "Paris"
    assert client.get("/api/countries/ZZ").json()["code"] == "not_found"


def test_ping_is_answered_while_a_slow_handler_waits(client: httpx.Client, atlas: Atlas) -> None:
    started = time.monotonic()
    assert client.get("/api/slow", params={"seconds": 0.3}).json() == {"slept": 0.3}
    assert 0.3 <= time.monotonic() - started < 3
    assert client.get("/api/ping").json() == {"pong": True}


@pytest.mark.parametrize("seconds", ["-1", "10.1", "nan", "inf", "long", "1e400"])
def test_a_slow_handler_waits_ten_seconds_at_most(client: httpx.Client, seconds: str) -> None:
    reply = client.get("/api/slow", params={"seconds": seconds})
    assert reply.status_code == 422, reply.text
    assert reply.json()["errors"][0]["loc"] == ["query", "seconds"]


def test_a_failure_is_in_the_log_and_not_in_the_reply(client: httpx.Client, atlas: Atlas) -> None:
    reply = client.get("/api/fail")
    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert "always fails" not in reply.text and "RuntimeError" not in reply.text
    assert reply.json()["trace_id"] == reply.headers["x-trace-id"]
    atlas.stderr.wait(lambda line: "RuntimeError: This handler always fails" in line)
    assert client.get("/api/ping").status_code == 200


def test_the_index_lists_urls_that_answer(client: httpx.Client) -> None:
    page = client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    links = [unescape(link) for link in re.findall(r'href="(/api/[^"]+)"', page.text)]
    assert len(links) >= 8
    statuses = {link: client.get(link).status_code for link in links}
    assert statuses.pop("/api/fail") == 500
    assert set(statuses.values()) == {200}, statuses


def test_the_index_shows_curl_lines_for_this_server(client: httpx.Client, atlas: Atlas) -> None:
    page = unescape(client.get("/").text)
    assert 'curl -i --json \'{"name"' in page
    assert f"'http://127.0.0.1:{atlas.port}/api/cities'" in page


def test_paths_that_no_api_claims_are_answered_by_django(client: httpx.Client) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.get("/api/nowhere").status_code == 404


def test_a_foreign_host_is_refused_everywhere(client: httpx.Client) -> None:
    for path in ("/", "/api/ping", "/admin/"):
        assert client.get(path, headers={"host": "evil.example"}).status_code == 400


def test_the_admin_shows_its_cities_after_a_log_in(client: httpx.Client) -> None:
    form = client.get("/admin/login/")
    assert form.status_code == 200
    answers = {"username": "demo", "password": "demo", "next": "/admin/world/city/"}
    token = client.cookies["csrftoken"]
    refused = client.post("/admin/login/", data=answers)
    assert refused.status_code == 403
    entered = client.post("/admin/login/", data={**answers, "csrfmiddlewaretoken": token})
    assert (entered.status_code, entered.headers["location"]) == (302, "/admin/world/city/")
    cities = client.get("/admin/world/city/", params={"q": "Reykjav"})
    assert cities.status_code == 200 and "Reykjavík" in cities.text


def test_the_admin_has_its_styles(client: httpx.Client) -> None:
    styles = re.findall(r'href="([^"]+\.css)"', client.get("/admin/login/").text)
    assert styles
    for style in styles:
        reply = client.get(style)
        assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/css")


def test_loading_the_world_again_changes_nothing(manage: Manage, world: str, client: httpx.Client) -> None:
    assert re.search(r"2\d\d countries, 3\d,\d{3} cities", world)
    before = client.get("/api/cities/2988507").json()
    again = manage("load_world", "--admin")
    assert (again.returncode, again.stdout) == (0, world)
    assert client.get("/api/cities/2988507").json() == before


def test_refresh_puts_rows_back_and_keeps_new_ones(manage: Manage, world: str, client: httpx.Client) -> None:
    paris = client.get("/api/cities/2988507").json()
    client.patch("/api/cities/2988507", json={"name": "Lutetia"})
    fields = {name: value for name, value in paris.items() if name != "id"}
    new = client.post("/api/cities", json={**fields, "name": "Ys"}).json()
    refreshed = manage("load_world", "--refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert client.get("/api/cities/2988507").json() == paris
    assert client.get(f"/api/cities/{new['id']}").json() == new
    assert client.delete(f"/api/cities/{new['id']}").status_code == 204


def test_the_known_password_is_for_loopback_only(manage: Manage, world: str) -> None:
    refused = manage("load_world", "--admin", ATLAS_ALLOWED_HOSTS="localhost,atlas.example")
    assert refused.returncode != 0
    assert "ALLOWED_HOSTS must name loopback only; it names atlas.example" in refused.stderr


def test_the_secret_key_is_this_checkouts_own(manage: Manage, world: str, data: Path) -> None:
    file = data / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) >= 50
    shown = manage(
        "shell", "--no-imports", "-c", "from django.conf import settings; print(settings.SECRET_KEY, settings.DEBUG)"
    )
    if shown.returncode == 0:
        assert shown.stdout.strip() == f"{file.read_text()} False"


def test_migrations_say_what_the_models_say(manage: Manage) -> None:
    same = manage("makemigrations", "--check", "--dry-run")
    assert same.returncode == 0, same.stdout + same.stderr
