"""Set-Cookie fields among the cookies of a response."""

from __future__ import annotations

import pickle
from http.cookies import SimpleCookie

import pytest
from django.http import HttpResponse

from ultrafox.answers import answer_of, response_of
from ultrafox.set_cookie import SetCookie, keep

LINES = ["a=1; Path=/x", "a=2; Path=/y", 'b="q"; HttpOnly; Partitioned; Priority=High', "odd name=1"]


def kept(*lines: str) -> SimpleCookie:
    cookies: SimpleCookie = SimpleCookie()
    for line in lines:
        keep(cookies, line)
    return cookies


def sent(cookies: SimpleCookie) -> list[str]:
    return [cookie.OutputString() for cookie in cookies.values()]


def test_each_goes_out_as_it_came():
    assert sent(kept(*LINES)) == LINES


@pytest.mark.parametrize(
    ("first", "second"),
    [("a=1", "a=2; HttpOnly"), ("a=1; Path=/x", "a=2; Path=/x"), ("a=1; Domain=b", "a=2; domain=b")],
)
def test_the_same_cookie_is_replaced(first, second):
    assert sent(kept(first, second)) == [second]
    assert sent(kept("a=0; Path=/other", first, second)) == ["a=0; Path=/other", second]


def test_can_be_read():
    cookie = kept('a="1"; Path=/x; HttpOnly; Max-Age=5')["a"]
    assert (cookie.key, cookie.value, cookie.coded_value) == ("a", "1", '"1"')
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == ("/x", True, "5")


def test_what_middleware_changes_goes_out():
    cookies = kept("a=1; Path=/; Priority=High")
    cookies["a"]["secure"] = True
    assert sent(cookies) == ["a=1; Path=/; Secure"]
    cookies["a"].set("a", "2", "2")
    assert sent(cookies) == ["a=2; Path=/; Secure"]


def test_survives_djangos_cache():
    cookies = kept(*LINES)
    assert sent(pickle.loads(pickle.dumps(cookies))) == LINES


def test_an_odd_name():
    assert SetCookie("a b=1").OutputString() == "a b=1"


def test_responses_keep_all_of_an_answers():
    response = response_of((200, "text/plain", b"", [("Set-Cookie", line) for line in LINES]))
    assert [value for name, value in answer_of(response)[3] if name == "Set-Cookie"] == LINES
    plain = HttpResponse()
    plain.set_cookie("a", "3", path="/x")
    keep(plain.cookies, "a=1; Path=/x")
    assert sent(plain.cookies) == ["a=1; Path=/x"]
