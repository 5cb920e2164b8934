"""Run by `test_clients.py` under pytest-django: the clients in every kind of test that Django has."""

from __future__ import annotations

import asyncio

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase, override_settings

from project.library.models import Author
from ultrafox import API
from ultrafox.params import Depends, File
from ultrafox.testing import AsyncTestClient, TestClient
from ultrafox.uploads import UploadFile

api = API(title="For the clients")


def somebody():
    raise AssertionError("is overridden")


@api.get("/authors")
def authors():
    return sorted(Author.objects.values_list("name", flat=True))


@api.get("/authors/async")
async def authors_async():
    return sorted([name async for name in Author.objects.values_list("name", flat=True)])


@api.post("/authors/{name}")
def create(name: str):
    with transaction.atomic():
        Author.objects.create(name=name)
    return connection.in_atomic_block


@api.post("/authors/async/{name}")
async def create_async(name: str):
    await Author.objects.acreate(name=name)


@api.get("/who")
def who(name: str = Depends(somebody)):
    return name


@api.get("/debug")
def debug(request):
    from django.conf import settings

    return settings.DEBUG


@api.post("/upload")
def upload(file: UploadFile = File()):
    return [file.name, len(file.read())]


@api.get("/broken")
async def broken():
    raise LookupError("on purpose")


def use(client):
    """What is done in every kind of test."""
    Author.objects.create(name="by the test")
    client.post("/authors/sync")
    client.post("/authors/async/async")
    expected = ["async", "by the test", "sync"]
    assert client.get("/authors").json() == expected
    assert client.get("/authors/async").json() == expected
    assert sorted(Author.objects.values_list("name", flat=True)) == expected


async def ause(client):
    await Author.objects.acreate(name="by the test")
    await client.post("/authors/sync")
    await client.post("/authors/async/async")
    expected = ["async", "by the test", "sync"]
    assert (await client.get("/authors")).json() == expected
    assert (await client.get("/authors/async")).json() == expected


class InTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        assert not Author.objects.exists()

    def test_sync(self):
        use(TestClient(api))
        assert connection.in_atomic_block

    def test_again_and_nothing_is_left(self):
        use(TestClient(api))

    async def test_async(self):
        await ause(AsyncTestClient(api))

    async def test_async_again(self):
        await ause(AsyncTestClient(api))

    def test_settings_of_the_test(self):
        client = TestClient(api)
        assert client.get("/debug").json() is False
        with override_settings(DEBUG=True):
            assert client.get("/debug").json() is True

    def test_files_of_django(self):
        reply = TestClient(api).post("/upload", files={"file": SimpleUploadedFile("a.txt", b"abc")})
        assert reply.json() == ["a.txt", 3]

    def test_queries_are_counted(self):
        with self.assertNumQueries(1):
            TestClient(api).get("/authors")
        with self.assertNumQueries(1):
            TestClient(api).get("/authors/async")


class InTransactionTestCase(TransactionTestCase):
    def test_sync(self):
        use(TestClient(api))
        assert not connection.in_atomic_block
        assert TestClient(api).post("/authors/more").json() is False

    def test_again_and_nothing_is_left(self):
        use(TestClient(api))

    async def test_async(self):
        await ause(AsyncTestClient(api))


def test_in_db(db):
    use(TestClient(api))


def test_in_db_again(db):
    use(TestClient(api))


def test_in_transactional_db(transactional_db):
    use(TestClient(api))


def test_without_the_database_it_is_refused():
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        TestClient(api).get("/authors")


def test_overrides(db):
    assert TestClient(api, overrides={somebody: lambda: "first"}).get("/who").json() == "first"
    client = TestClient(api)
    api.dependency_overrides[somebody] = lambda: "second"
    assert client.get("/who").json() == "second"
    api.dependency_overrides.clear()
    with pytest.raises(AssertionError, match="is overridden"):
        client.get("/who")


def test_an_error_is_the_tests(db):
    with pytest.raises(LookupError, match="on purpose"):
        TestClient(api).get("/broken")
    assert TestClient(api, raise_server_exceptions=False).get("/broken").status_code == 500

    async def main():
        with pytest.raises(LookupError, match="on purpose"):
            await AsyncTestClient(api).get("/broken")

    asyncio.run(main())
