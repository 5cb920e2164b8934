from __future__ import annotations

import pytest

from ultrafox import API, Router
from ultrafox.exceptions import DeclarationError


def handler(request):
    return 1


def taking(id: int): ...


def quiet(**options):
    """An API without the operations that show its document."""
    return API(openapi=False, **options)


def table(api):
    return [(operation.method, prefix, operation.path) for prefix, operation in api.freeze()]


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete", "head", "options", "query", "trace"])
def test_every_verb(verb):
    router = Router()
    assert getattr(router, verb)("/x")(handler) is handler
    assert table(router) == [(verb.upper(), "/", "/x")]


def test_several_methods():
    router = Router()
    router.api_operation(["get", "POST", "GET"], path="/x")(handler)
    assert [method for method, _, _ in table(router)] == ["GET", "POST"]


def test_prefixes_nest():
    inner, middle, api = Router("/deep"), Router(prefix="mid/"), quiet(prefix="/api")
    inner.get("/{id}")(taking)
    middle.get("")(handler)
    middle.add_router("/a", inner)
    api.include_router(middle, prefix="/v1/")
    api.add_router("", inner)
    assert table(api) == [
        ("GET", "/api/v1/mid", ""),
        ("GET", "/api/v1/mid/a/deep", "/{id}"),
        ("GET", "/api/deep", "/{id}"),
    ]


def test_nothing_comes_after_the_start():
    router, api = Router(), quiet()
    router.get("/x")(handler)
    api.add_router("/", router)
    list(api.freeze())
    for late in (
        lambda: api.get("/y")(handler),
        lambda: router.get("/y")(handler),
        lambda: api.add_router("/", Router()),
    ):
        with pytest.raises(DeclarationError, match="before the start"):
            late()
    assert len(table(api)) == 1


class TestRefused:
    def test_what_is_no_router(self):
        for other in (API(), 5, None):
            with pytest.raises(DeclarationError, match="Expected a Router to mount below '/x'"):
                Router().add_router("/x", other)

    def test_a_dotted_path_that_leads_nowhere(self):
        for wrong in ("shop.routers.router", "router", "ultrafox.nothing"):
            with pytest.raises(DeclarationError, match=f"dotted path of a Router to mount below '/x', given '{wrong}'"):
                Router().add_router("/x", wrong)

    def test_a_ring(self):
        first, second = Router(), Router()
        first.add_router("/a", second)
        with pytest.raises(DeclarationError, match="would hold itself"):
            second.add_router("/b", first)
        with pytest.raises(DeclarationError, match="would hold itself"):
            first.add_router("/b", first)

    def test_methods(self):
        with pytest.raises(DeclarationError, match=r"given PSOT\. Did you mean `POST`\?"):
            Router().api_operation(["PSOT"], "/")
        for wrong in ("GET", []):
            with pytest.raises(DeclarationError, match="Expected a list of methods"):
                Router().api_operation(wrong, "/")

    def test_paths(self):
        with pytest.raises(DeclarationError, match="Expected a path"):
            Router().get(handler)
        with pytest.raises(DeclarationError, match="names `a` twice"):
            Router().get("/{a}/{a}")
        with pytest.raises(DeclarationError, match="brace"):
            Router("/{a")

    def test_keywords(self):
        with pytest.raises(TypeError, match=r"Router takes prefix, tags, .*, given `prefx`\. Did you mean `prefix`\?"):
            Router(prefx="/")
        with pytest.raises(TypeError, match="given `auth`, which is not served by this version yet"):
            Router(auth=None)


def test_what_is_mounted_is_not_asked_by_trace():
    async def app(scope, receive, send): ...

    router = Router()
    router.mount_asgi("/old", app)
    methods = {operation.method for operation in router._operations}
    assert {"GET", "DELETE", "OPTIONS"} < methods and "TRACE" not in methods
