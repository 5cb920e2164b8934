"""What a proxy in front says, where the settings take its word."""

from __future__ import annotations

import pytest

PROXIED = {
    "ALLOWED_HOSTS": ["shop.example.com"],
    "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
    "USE_X_FORWARDED_HOST": True,
}
TARGETS = pytest.mark.parametrize("target", ["/api/request/describe/a", "/api/request/describe-sync/a"])


@pytest.fixture(scope="module")
def proxied(shared):
    return shared(settings=PROXIED)


def said(*headers):
    return [("X-Forwarded-Host", "shop.example.com"), *headers]


@TARGETS
def test_the_host_and_the_scheme_of_the_client(proxied, target):
    seen = proxied.json(target, host="10.0.0.7:8000", headers=said(("X-Forwarded-Proto", "https")))
    assert (seen["host"], seen["scheme"], seen["secure"]) == ("shop.example.com", "https", True)
    assert seen["absolute_of"] == "https://shop.example.com/other?x=1"
    assert seen["absolute"] == f"https://shop.example.com{target}"
    assert seen["meta"]["HTTP_HOST"] == "10.0.0.7:8000"


@pytest.mark.parametrize("target", ["/api/ping", "/django/hello/"])
def test_what_it_says_is_checked(proxied, target):
    for host in ("evil.example", "shop.example.com, evil.example", ""):
        headers = [("X-Forwarded-Host", host)]
        assert proxied.ask(target, host="shop.example.com", headers=headers).status == 400, host
    assert proxied.ask(target, host="10.0.0.7").status == 400
    assert proxied.ask(target, host="shop.example.com").status == 200


@TARGETS
def test_without_the_settings_nobody_listens(server, target):
    headers = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")]
    seen = server.json(target, headers=headers)
    assert (seen["scheme"], seen["secure"]) == ("http", False)
    assert "evil" not in seen["host"] + seen["absolute"]
