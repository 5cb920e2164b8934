"""Django for the tests of single modules: the tests' project, its database in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.core.management import call_command
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from ultrafox import API  # noqa: E402
from ultrafox.conf import Settings  # noqa: E402
from ultrafox.dispatch import Call  # noqa: E402
from ultrafox.plan import OperationPlan, Plan, compile_apis  # noqa: E402

Compile = Callable[..., tuple[OperationPlan, Call]]


@pytest.fixture(scope="session")
def _tables() -> None:
    call_command("migrate", verbosity=0)


@pytest.fixture
def database(_tables: None) -> Iterator[None]:
    """Tables, empty again after the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def statements(database: None) -> Iterator[list[str]]:
    """The SQL that ran since."""
    found: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        found.append(sql.replace('"', ""))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


def compiled(api: API) -> list[tuple[OperationPlan, Call]]:
    """The operations of an API, as Rust gets them."""
    import msgspec

    whole = compile_apis([api], Settings())
    return list(zip(msgspec.json.decode(whole.plan, type=Plan).operations, whole.calls, strict=True))


@pytest.fixture
def operations() -> Callable[[API], list[tuple[OperationPlan, Call]]]:
    """Compiles an API."""
    return compiled


@pytest.fixture
def operation() -> Compile:
    """Compiles a handler as the only operation of an API, as in `operation(handler, "/{id}", response=Out)`."""

    def compile_one(
        handler: Any, path: str = "/", *, method: str = "GET", **options: Any
    ) -> tuple[OperationPlan, Call]:
        api = API()
        api.api_operation([method], path, **options)(handler)
        return compiled(api)[0]

    return compile_one
