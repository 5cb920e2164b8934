from __future__ import annotations

import msgspec
import pytest

from ultrafox import API, _core, plan
from ultrafox.conf import Limits, Settings
from ultrafox.exceptions import DeclarationError


def handler(request): ...


def test_settings_and_operations_become_one_plan():
    first, second = API(prefix="/api", openapi=False), API(openapi=False)
    first.get("/x")(handler)
    second.post("/y")(handler)
    settings = Settings(
        debug=True, allowed_hosts=("example.com",), slashes="strict", limits=Limits(body=7, in_flight=3)
    )
    compiled = plan.compile_apis([first, second], settings, fallback=False)
    whole = msgspec.json.decode(compiled.plan, type=plan.Plan)
    assert (whole.version, whole.debug, whole.allowed_hosts, whole.slashes) == (2, True, ("example.com",), "strict")
    assert (whole.in_flight, whole.body_limit, whole.fallback) == (3, 7, False)
    assert [(api.prefix, api.claims) for api in whole.apis] == [("/api", True), ("", False)]
    assert [operation.api for operation in whole.operations] == [0, 1]
    assert [(operation.method, operation.path) for operation in whole.operations] == [("GET", "/api/x"), ("POST", "/y")]
    assert [call.function for call in compiled.calls] == [handler, handler]
    assert (compiled.apis, compiled.settings) == ((first, second), settings)


def test_every_field_is_written():
    api = API(openapi=False)

    def taking(a: int = 1): ...

    api.get("/x")(taking)
    (operation,) = msgspec.json.decode(plan.compile_apis([api], Settings()).plan)["operations"]
    assert tuple(operation) == plan.OperationPlan.__struct_fields__
    (param,) = operation["params"]
    assert tuple(param) == plan.ParamPlan.__struct_fields__
    assert param["gt"] is None and param["converter"] is None and param["pattern"] is None


def test_rust_takes_the_plan_of_the_tests_project():
    compiled = plan.compile_project()
    assert _core.plan_check(compiled.plan)
    assert {api.title for api in compiled.apis} == {"The tests' API", "Library"}
    assert len(compiled.calls) == len(msgspec.json.decode(compiled.plan, type=plan.Plan).operations)


def test_rust_refuses_duplicates_across_apis():
    apis = [API(prefix="/a"), API()]
    apis[0].get("/x")(handler)
    apis[1].get("/a/x")(handler)
    with pytest.raises(ValueError, match="/a/x"):
        _core.plan_check(plan.compile_apis(apis, Settings(allowed_hosts=("*",))).plan)


def test_a_declaration_that_cannot_be_served_stops_the_start():
    api = API()
    api.get("/{id}")(handler)
    with pytest.raises(DeclarationError, match="expected an argument `id`"):
        plan.compile_apis([api], Settings())
