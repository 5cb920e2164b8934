from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from ultrafox import conf

OWN = "django.middleware.common.CommonMiddleware"


def load(**settings):
    with override_settings(**settings):
        return conf.load()


def refusal(**settings):
    with pytest.raises(ImproperlyConfigured) as refused:
        load(**settings)
    return str(refused.value)


def test_defaults():
    settings = load(ULTRAFOX={}, ALLOWED_HOSTS=["Example.com", ".x.org"])
    assert settings.allowed_hosts == ("example.com", ".x.org")
    assert (settings.api, settings.slashes, settings.debug) == ((), "redirect", False)
    assert settings.limits == conf.Limits(body=2_621_440)
    assert settings.pool.threads >= 1
    assert settings.middleware.skip == ()
    assert settings.limits.upload == 100 * 2**20


def test_all_of_it():
    limits = {
        **{
            "BODY": 1,
            "UPLOAD": 8,
            "IN_FLIGHT": 2,
            "CONNECTIONS": 3,
            "FIRST_BYTE": 4,
            "HEAD": 5,
            "BODY_IDLE": 6,
            "WRITE_STALL": 7,
        },
        "KEEP_ALIVE": 0.5,
    }
    given = {"API": ["a.b:c"], "SLASHES": "ignore", "LIMITS": limits, "POOL": {"THREADS": 9, "QUEUE": 10}}
    settings = load(ULTRAFOX=given, MIDDLEWARE=[])
    assert (settings.api, settings.slashes) == (("a.b:c",), "ignore")
    assert settings.limits == conf.Limits(
        body=1, upload=8, in_flight=2, connections=3, first_byte=4, head=5, body_idle=6, write_stall=7, keep_alive=0.5
    )
    assert type(settings.limits.head) is float
    assert settings.pool == conf.Pool(threads=9, queue=10)


def test_the_limit_of_a_body_is_djangos():
    assert load(DATA_UPLOAD_MAX_MEMORY_SIZE=77).limits.body == 77
    assert load(DATA_UPLOAD_MAX_MEMORY_SIZE=None).limits.body == 2_621_440
    assert load(DATA_UPLOAD_MAX_MEMORY_SIZE=77, ULTRAFOX={"LIMITS": {"BODY": 8}}).limits.body == 8


def test_one_path_is_a_list_of_one():
    assert load(ULTRAFOX={"API": "a.b:c"}).api == ("a.b:c",)


class TestHosts:
    def test_under_debug_without_any(self):
        assert load(DEBUG=True, ALLOWED_HOSTS=[]).allowed_hosts == (".localhost", "127.0.0.1", "[::1]")
        assert load(DEBUG=True, ALLOWED_HOSTS=["a"]).allowed_hosts == ("a",)

    def test_none(self):
        assert "settings.ALLOWED_HOSTS: expected the host names" in refusal(DEBUG=False, ALLOWED_HOSTS=[])


class TestMiddleware:
    def test_those_of_django(self):
        assert load(MIDDLEWARE=[OWN]).middleware.skip == ()

    @pytest.mark.parametrize(
        "name",
        [
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "django.contrib.auth.middleware.RemoteUserMiddleware",
            "django.middleware.cache.FetchFromCacheMiddleware",
            "a.B",
        ],
    )
    def test_those_that_nothing_here_stands_for(self, name):
        assert load(MIDDLEWARE=[OWN, name]).warnings == ()
        assert conf.foreign_middleware([OWN, name], ()) == (name,)
        assert conf.foreign_middleware([OWN, name], [name]) == ()

    def test_compression_is_built_in(self):
        assert load(MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"]).warnings == ()

    def test_those_that_are_to_come_are_said(self):
        csrf = "django.middleware.csrf.CsrfViewMiddleware"
        [warning] = load(MIDDLEWARE=[OWN, csrf]).warnings
        assert "not yet on API operations, only on Django's views: CsrfViewMiddleware (CSRF tokens)." in warning
        assert load(MIDDLEWARE=[OWN, csrf], ULTRAFOX={"MIDDLEWARE": {"SKIP": [csrf]}}).warnings == ()

    def test_some_may_be_skipped(self):
        given = {"MIDDLEWARE": {"SKIP": ["a.B"]}}
        assert load(MIDDLEWARE=["a.B", OWN], ULTRAFOX=given).middleware.skip == ("a.B",)

    def test_a_name_that_is_not_there(self):
        said = refusal(MIDDLEWARE=["shop.Tenants"], ULTRAFOX={"MIDDLEWARE": {"SKIP": ["shop.Tenant"]}})
        assert "given 'shop.Tenant'. Did you mean `shop.Tenants`?" in said


def test_what_proxies_say():
    assert load().forwarded_host is False
    settings = load(MIDDLEWARE=[OWN], SECURE_PROXY_SSL_HEADER=("HTTP_X_PROTO", "https"), USE_X_FORWARDED_HOST=True)
    assert (settings.forwarded_host, settings.warnings) == (True, ())


class TestConnections:
    @pytest.mark.parametrize(
        ("database", "warned"),
        [
            ({}, True),
            ({"CONN_MAX_AGE": 0}, True),
            ({"CONN_MAX_AGE": None}, False),
            ({"CONN_MAX_AGE": 60}, False),
            ({"CONN_MAX_AGE": 0, "OPTIONS": {"pool": True}}, False),
        ],
    )
    def test_those_that_are_closed_after_each_request(self, database, warned):
        given = {"default": {"ENGINE": "django.db.backends.sqlite3", **database}}
        warnings = tuple(conf.warnings(given))
        assert bool(warnings) is warned
        assert not warned or 'DATABASES["default"]: CONN_MAX_AGE is 0' in warnings[0]


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ([], "ULTRAFOX: expected a dict, given []"),
            (
                {"APIS": "x"},
                "ULTRAFOX: expected the keys API, SLASHES, MIDDLEWARE, LIMITS, POOL, given 'APIS'. Did you mean `API`?",
            ),
            ({"api": "x"}, "Did you mean `API`?"),
            ({"RATE_LIMIT": {}}, "given 'RATE_LIMIT'"),
            ({"API": 5}, 'ULTRAFOX["API"]: expected a text or a list of texts, given 5'),
            ({"API": [5]}, 'ULTRAFOX["API"]: expected texts, given 5'),
            ({"SLASHES": "redirects"}, "Did you mean `redirect`?"),
            ({"SLASHES": None}, 'ULTRAFOX["SLASHES"]: expected redirect, strict, ignore, given None.'),
            ({"LIMITS": {"BODI": 1}}, 'ULTRAFOX["LIMITS"]: expected the keys BODY,'),
            ({"LIMITS": {"body": 1}}, "Did you mean `BODY`?"),
            (
                {"LIMITS": {"BODY": "1"}},
                "ULTRAFOX[\"LIMITS\"]['BODY']: expected a whole number above 0 and below 2**32, given '1'.",
            ),
            ({"LIMITS": {"BODY": True}}, "given True"),
            ({"LIMITS": {"BODY": 1.5}}, "given 1.5"),
            ({"LIMITS": {"IN_FLIGHT": 0}}, "above 0 and below 2**32, given 0"),
            ({"LIMITS": {"HEAD": -1}}, "expected a number of seconds above 0 and below 2**32, given -1"),
            ({"LIMITS": {"HEAD": float("nan")}}, "given nan"),
            ({"LIMITS": None}, "expected a dict, given None"),
            ({"POOL": {"THREAD": 1}}, "Did you mean `THREADS`?"),
            ({"MIDDLEWARE": []}, 'ULTRAFOX["MIDDLEWARE"]: expected a dict'),
            ({"MIDDLEWARE": {"SKIPS": []}}, "Did you mean `SKIP`?"),
        ],
    )
    def test_each(self, given, said):
        assert said in refusal(ULTRAFOX=given)
