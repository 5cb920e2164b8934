"""The OpenAPI document as a whole: its head, ids, replies, refusals, and what users add."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

from declared import Parameter, body, drawn, sketch
from ultrafox import API, Query, Request, Router
from ultrafox.exceptions import DeclarationError
from ultrafox.openapi import OpenAPIConfig, check, document
from ultrafox.openapi.config import configure
from ultrafox.openapi.merging import merge
from ultrafox.response import HTML, EventSourceResponse, StreamingResponse


class Item(msgspec.Struct):
    name: str


def only(*operations: Any, **config: Any) -> dict[str, Any]:
    """The operation object of the only operation."""
    items = list(drawn(*operations, **config)["paths"].values())
    found: dict[str, Any] = next(iter(items[0].values()))
    return found


def no_reply() -> None: ...


class TestHead:
    def test_is_what_the_configuration_says(self):
        found = drawn(
            sketch(),
            title="Shop",
            version="2",
            summary="S",
            description="D",
            terms_of_service="https://x.example/t",
            contact={"name": "N"},
            license={"name": "MIT"},
            external_docs={"url": "https://x.example"},
            servers=["https://x.example", {"url": "/v2"}],
            tags=[{"name": "b", "description": "B"}, "a"],
            extra={"x-logo": "l", "info": {"x-more": 1}},
        )
        validate(found)
        assert found["info"]["contact"] == {"name": "N"} and found["info"]["x-more"] == 1
        assert found["info"]["termsOfService"] == "https://x.example/t"
        assert [one["url"] for one in found["servers"]] == ["https://x.example", "/v2"]
        assert found["tags"] == [{"name": "b", "description": "B"}, {"name": "a"}]
        assert found["x-logo"] == "l"

    def test_tags_of_operations_follow(self):
        found = drawn(sketch(tags=("c", "b")), sketch("POST", tags=("a",)), tags=["b"])
        assert [tag["name"] for tag in found["tags"]] == ["b", "c", "a"]

    def test_a_mount_is_the_server_unless_servers_are_named(self):
        assert drawn(sketch(), servers_url="/shop")["servers"] == [{"url": "/shop"}]
        assert drawn(sketch(), servers_url="/shop", servers=["/x"])["servers"] == [{"url": "/x"}]
        assert "servers" not in drawn(sketch())

    def test_an_api_without_operations(self):
        validate(drawn())


class TestIds:
    def ids(self, *operations: Any) -> list[str]:
        paths = drawn(*operations)["paths"]
        return [one["operationId"] for item in paths.values() for one in item.values()]

    def test_is_the_name_of_the_function(self):
        assert self.ids(sketch(name="list_items")) == ["list_items"]

    def test_all_that_share_a_name_say_where_they_are(self):
        assert self.ids(
            sketch("GET", "/a/{id}", name="x"), sketch("POST", "/b", name="x"), sketch("GET", "/c", name="y")
        ) == [
            "x_get_a_id",
            "x_post_b",
            "y",
        ]

    def test_what_is_declared_wins(self):
        assert self.ids(sketch(name="x", operation_id="mine"), sketch("GET", "/b", name="x")) == ["mine", "x"]

    def test_paths_with_one_slug(self):
        found = self.ids(
            sketch("GET", "/a/b", name="x"), sketch("GET", "/a_b", name="x"), sketch("GET", "/x", name="x_get_a_b")
        )
        assert len(set(found)) == 3 and found[2] == "x_get_a_b"


class TestWords:
    def test_of_the_docstring(self):
        def handler():
            """Lists
            all items.

            The rest
              of it.
            """

        found = only(sketch(function=handler))
        assert (found["summary"], found["description"]) == ("Lists all items", "The rest\n  of it.")

    def test_without_a_docstring(self):
        found = only(sketch(name="list_all_items"))
        assert found["summary"] == "List all items" and "description" not in found

    def test_keywords_win(self):
        def handler():
            """Docstring."""

        found = only(sketch(function=handler, summary="S"))
        assert (found["summary"], found["description"]) == ("S", "Docstring.")
        assert only(sketch(function=handler, description="D"))["description"] == "D"


class TestReplies:
    def test_by_status(self):
        one = sketch(replies=((200, Item), (204, None), ("4XX", Item), ("default", Item)))
        found = only(one)["responses"]
        assert found["200"]["description"] == "OK" and "content" not in found["204"]
        assert found["default"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Item"}
        # 500 is beside the class that is declared, 4xx are within it.
        assert set(found) == {"200", "204", "4XX", "500", "default"}

    def test_in_several_media_types(self):
        found = only(sketch(replies=((200, Item),), produces=("application/json", "text/csv")))["responses"]
        assert set(found["200"]["content"]) == {"application/json", "text/csv"} and "406" in found

    @pytest.mark.parametrize(
        ("annotation", "media"),
        [
            (HTML, "text/html"),
            (EventSourceResponse, "text/event-stream"),
            (StreamingResponse, "*/*"),
            (bytes, "application/octet-stream"),
        ],
    )
    def test_of_classes_without_schema(self, annotation, media):
        assert list(only(sketch(replies=((200, annotation),)))["responses"]["200"]["content"]) == [media]

    def test_a_status_that_the_engine_gives_too_has_both_forms(self):
        found = only(sketch("GET", "/{id}", Parameter("id", "path", required=True), replies=((200, Item), (404, Item))))
        assert set(found["responses"]["404"]["content"]) == {"application/json", "application/problem+json"}


class TestRefusals:
    def statuses(self, *arguments: Any, **said: Any) -> set[str]:
        return set(only(sketch(*arguments, **said))["responses"]) - {"200", "default"}

    def test_only_those_that_can_be(self):
        assert self.statuses() == {"500"}
        assert self.statuses("GET", "/", Parameter("q")) == {"500"}
        assert self.statuses("GET", "/", Parameter("q", required=True)) == {"422", "500"}
        assert self.statuses("GET", "/", Parameter("q", plan={"kinds": ("int",)})) == {"422", "500"}
        assert self.statuses("GET", "/", Parameter("q", plan={"max_length": 1})) == {"422", "500"}
        assert self.statuses("GET", "/{id}", Parameter("id", "path", required=True)) == {"404", "500"}
        assert self.statuses("POST", body=body(Item)) == {"400", "413", "415", "422", "500"}
        assert self.statuses(produces=("application/json",)) == {"406", "500"}

    @pytest.mark.parametrize(
        ("style", "media", "members"),
        [
            (
                "problem",
                "application/problem+json",
                {"type", "title", "status", "code", "detail", "trace_id", "errors"},
            ),
            ("boost", "application/json", {"ok", "error", "code", "errors"}),
            ("ninja", "application/json", {"detail"}),
        ],
    )
    def test_have_the_form_of_the_style(self, style, media, members):
        found = drawn(sketch(errors=style))
        validate(found)
        reference = found["paths"]["/"]["get"]["responses"]["500"]["content"][media]["schema"]["$ref"]
        schema = found["components"]["schemas"][reference.rpartition("/")[2]]
        assert set(schema["properties"]) == members


class TestBodies:
    def content(self, annotation: Any, **said: Any) -> dict[str, Any]:
        found = only(sketch("POST", body=body(annotation, **said)))["requestBody"]
        content: dict[str, Any] = found["content"]
        return content

    def test_in_several_media_types(self):
        found = self.content(Item, consumes=("application/json", "application/msgpack"))
        assert list(found) == ["application/json", "application/msgpack"]

    def test_several_bodies_in_one_object(self):
        found = self.content({"item": Item, "note": str | None})["application/json"]["schema"]
        assert found["properties"]["item"] == {"$ref": "#/components/schemas/Item"}
        assert found["required"] == ["item"]

    def test_bytes(self):
        found = self.content(bytes, consumes=("image/png",))["image/png"]["schema"]
        assert found["format"] == "binary"


class TestExtra:
    def test_is_merged_into_the_operation(self):
        extra = {"tags": ["b"], "responses": {404: {"description": "Gone"}}, "x-rate": 5}
        found = only(sketch(tags=("a",), extra=extra))
        assert found["tags"] == ["a", "b"] and found["x-rate"] == 5
        assert found["responses"]["404"] == {"description": "Gone"} and "200" in found["responses"]

    def test_leaves_what_it_is_merged_into(self):
        base = {"a": {"b": [1]}}
        assert merge(base, {"a": {"b": [2], "c": 3}}) == {"a": {"b": [1, 2], "c": 3}}
        assert base == {"a": {"b": [1]}}

    def test_that_is_no_json_is_refused_with_its_place(self):
        api = API()
        api.get("/", openapi_extra={"x": object()})(no_reply)
        with pytest.raises(DeclarationError, match=r"test_openapi_document.py:\d+: handler `no_reply`.*object"):
            check(api)


class TestOfAnApi:
    @pytest.fixture
    def api(self) -> API:
        api = API(title="Shop", version="2", prefix="/api", tags=["all"], errors="ninja")
        router = Router(tags=["items"])

        @router.get("/{int:id}/{rest:path}", response={200: Item, (404, 410): Item, ...: None}, deprecated=True)
        def get_item(request: Request, id: int, rest: str, tag: list[str] = Query([])): ...

        @router.post("/", status_code=201, summary="Make")
        def make_item(item: Item) -> Item: ...

        @router.get("/hidden", include_in_schema=False)
        def hidden(): ...

        @router.query("/")
        def ask_items() -> None: ...

        api.add_router("/items", router)
        return api

    def test_is_valid_and_has_its_paths(self, api):
        found = document(api)
        validate(found)
        assert list(found["paths"]) == ["/api/items/{id}/{rest}", "/api/items/"]
        one = found["paths"]["/api/items/{id}/{rest}"]["get"]
        assert [param["name"] for param in one["parameters"]][:2] == ["id", "rest"]
        assert one["tags"] == ["all", "items"] and one["deprecated"] is True
        assert set(one["responses"]) >= {"200", "404", "410", "default"}
        assert "application/json" in one["responses"]["500"]["content"]

    def test_a_method_that_openapi_does_not_have(self, api):
        item = document(api)["paths"]["/api/items/"]
        assert set(item) == {"post", "x-query"} and "204" in item["x-query"]["responses"]
        assert item["post"]["summary"] == "Make" and "201" in item["post"]["responses"]

    def test_may_be_drawn_before_the_api_is_complete(self, api):
        document(api)
        api.get("/later", response=None)(lambda request: None)
        assert "/api/later" in document(api)["paths"]

    def test_is_checked_quickly(self, api):
        check(api)
        started = time.perf_counter()
        for _ in range(10):
            check(api)
        # Four operations; 1 ms is the promise, the rest is for a busy machine.
        assert (time.perf_counter() - started) / 40 < 0.005


class TestConfiguration:
    def test_keywords_complete_it(self):
        found = configure(title="T", version="1", description="D", openapi={"title": "Mine"}, docs=None, servers=["/x"])
        assert (found.title, found.version, found.path, found.servers) == ("Mine", "1", None, ["/x"])

    def test_off(self):
        assert not configure(title="T", version="1", description="", openapi=False).enabled

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"titel": "x"}, "Did you mean `title`"),
            ({"path": "docs"}, "`path`"),
            ({"openapi_url": "/{x}"}, "`openapi_url`"),
            ({"contact": "me"}, "`contact`"),
            ({"servers": "https://x"}, "`servers`"),
            ({"tags": [{"description": "x"}]}, "`tags`"),
            ({"scalar": "/reference"}, "scalar_script"),
            (3, "OpenAPIConfig"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, given, words):
        with pytest.raises(DeclarationError, match=words):
            configure(title="T", version="1", description="", openapi=given)

    def test_is_taken_as_it_is(self):
        config = OpenAPIConfig(title="T", version="1", description="D")
        assert configure(title="x", version="x", description="x", openapi=config) == config
