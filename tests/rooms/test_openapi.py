"""The document and its pages, through the socket; the pages in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from openapi_spec_validator import validate

import browser as browsers
from browser import Browser

ROOT = "/api/openapi"


@pytest.fixture(scope="module")
def whole(server):
    return server.json("/api/openapi.json")


class TestDocument:
    def test_is_valid_by_the_official_schema(self, whole):
        assert whole["openapi"] == "3.1.0"
        validate(whole)

    def test_is_the_same_at_schema(self, server, whole):
        assert server.json("/api/schema") == whole

    def test_says_what_the_api_is(self, whole):
        assert whole["info"] == {"title": "The tests' API", "version": "1.2.3"}
        assert "servers" not in whole

    def test_shows_neither_itself_nor_what_is_hidden(self, whole):
        shown = set(whole["paths"])
        assert not {"/api/docs", "/api/openapi.json", "/api/schema"} & shown
        assert f"{ROOT}/hidden" not in shown

    def test_ids_are_unique(self, whole):
        ids = [one["operationId"] for item in whole["paths"].values() for one in item.values()]
        assert len(ids) == len(set(ids))

    def test_tells_what_the_engine_refuses(self, server, whole):
        """Each status that the document promises is what a wrong request gets, in the form that it says."""
        operation = whole["paths"][f"{ROOT}/items"]["post"]
        asked = {
            400: (b"{", [("Content-Type", "application/json")]),
            415: (b"x", [("Content-Type", "text/plain")]),
            422: (b"{}", [("Content-Type", "application/json")]),
            406: (b'{"name": "x"}', [("Content-Type", "application/json"), ("Accept", "image/png")]),
        }
        for status, (body, headers) in asked.items():
            reply = server.ask(f"{ROOT}/items", "POST", body=body, headers=headers)
            assert reply.status == status, (status, reply.status, reply.body)
            assert list(operation["responses"][str(status)]["content"]) == [(reply.header("content-type") or "")]

    def test_media_type_and_nosniff(self, server):
        reply = server.ask("/api/openapi.json")
        assert (reply.header("content-type") or "") == "application/json"
        assert (reply.header("x-content-type-options") or "") == "nosniff"


class TestPages:
    def test_the_page_has_a_strict_policy_and_nothing_inline(self, server):
        reply = server.ask("/api/docs")
        page = reply.body.decode()
        policy = reply.header("content-security-policy") or ""
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "<style" not in page and not re.search(r"<script(?![^>]* src=)", page)
        assert not re.search(r"""["'](https?:)?//""", page)

    def test_files_may_be_kept_for_ever(self, server):
        page = server.ask("/api/docs").body.decode()
        names = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert len(names) == 4
        for name in names:
            reply = server.ask(f"/api/{name}")
            assert reply.status == 200
            assert "immutable" in (reply.header("cache-control") or "")
            assert (reply.header("x-content-type-options") or "") == "nosniff"

    @pytest.mark.parametrize("rest", ["1/docs.js", "{version}/LICENSE", "{version}/..%2Ffiles.py", "{version}/x.js"])
    def test_there_are_no_other_files(self, server, rest):
        page = server.ask("/api/docs").body.decode()
        version = re.search(r"docs/assets/([^/]+)/", page)
        assert version
        assert server.ask(f"/api/docs/assets/{rest.replace('{version}', version[1])}").status == 404


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    if reason := browsers.missing():
        pytest.skip(reason)
    with browsers.browser() as one:
        yield one


class TestInABrowser:
    @pytest.fixture
    def docs(self, window, server):
        window.open(f"{server.address}/api/docs")
        window.console()
        return window

    def test_the_console_is_heard(self, docs):
        """Else a clean one would mean nothing."""
        docs.run("console.error('on purpose')")
        docs.run("const one = document.createElement('style'); one.textContent = 'a {}'; document.head.append(one)")
        said = "\n".join(docs.console())
        assert "on purpose" in said and "Content Security Policy" in said

    def test_executes_an_operation(self, docs):
        place = "#operations-openapi-double"
        docs.click(f"{place} .opblock-summary-control")
        docs.write(f"{place} tr[data-param-name='number'] input", "21")
        docs.click(f"{place} .execute")
        answer = docs.text(f"{place} .live-responses-table .highlight-code")
        assert json.loads(answer[answer.index("{") :]) == {"double": 42}
        assert docs.console() == []

    def test_sends_a_body_and_the_token_of_django(self, docs):
        docs.run("document.cookie = 'csrftoken=token-of-the-test; path=/'")
        place = "#operations-openapi-add_item"
        docs.click(f"{place} .opblock-summary-control")
        docs.click(f"{place} .execute")
        answer = docs.text(f"{place} .live-responses-table .highlight-code")
        assert json.loads(answer[answer.index("{") :])["token"] == "token-of-the-test"
        assert docs.console() == []

    def test_asks_no_other_host(self, docs, server):
        docs.find("#operations-openapi-double")
        asked = docs.requested()
        assert len(asked) >= 4
        assert [url for url in asked if not url.startswith(server.address)] == []
