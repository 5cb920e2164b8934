"""Dependencies that tell what becomes of them, and clients of one handler."""

from __future__ import annotations

import asyncio
import inspect
import typing

import pytest

from ultrafox import API
from ultrafox.testing import TestClient


class OnPurposeError(Exception):
    pass


class Steps(list[str]):
    """What happened, in order; makes dependencies that say so."""

    def plain(self, name="plain"):
        def dependency():
            self.append(f"{name} in")
            return name

        return dependency

    def coroutine(self, name="coroutine"):
        async def dependency():
            await asyncio.sleep(0)
            self.append(f"{name} in")
            return name

        return dependency

    def generator(self, name="generator", *, swallows=False, raises=None, late=None):
        def dependency():
            self.append(f"{name} in")
            try:
                yield name
            except BaseException as error:
                self.append(f"{name} {type(error).__name__}")
                if raises:
                    raise raises from None
                if not swallows:
                    raise
            else:
                self.append(f"{name} out")
                if late:
                    raise late

        return dependency

    def asyncgenerator(self, name="asyncgenerator", *, swallows=False, raises=None, late=None):
        async def dependency():
            self.append(f"{name} in")
            try:
                yield name
            except BaseException as error:
                await asyncio.sleep(0)
                self.append(f"{name} {type(error).__name__}")
                if raises:
                    raise raises from None
                if not swallows:
                    raise
            else:
                await asyncio.sleep(0)
                self.append(f"{name} out")
                if late:
                    raise late

        return dependency

    def yielding(self, kind, *arguments, **options):
        return (self.generator if kind == "sync" else self.asyncgenerator)(*arguments, **options)


KINDS = pytest.mark.parametrize("kind", ["sync", "async"])


def as_kind(kind, function):
    """The handler, or an `async def` of the same signature around it."""
    if kind == "sync":
        return function

    async def handler(*arguments, **keywords):
        await asyncio.sleep(0)
        return function(*arguments, **keywords)

    handler.__signature__ = inspect.signature(function)
    # Its own module does not know the names.
    handler.__annotations__ = typing.get_type_hints(function, include_extras=True)
    return handler


def serve(function, *, method="GET", path="/", raises=False, **options):
    """A client of an API with one operation."""
    api = API(openapi=False)
    api.api_operation([method], path, **options)(function)
    return TestClient(api, raise_server_exceptions=raises)
