"""Scalars of path, query, header and cookie: typed, constrained, and refused all at once."""

from __future__ import annotations

import uuid
from urllib.parse import quote

import pytest

ROOT = "/api/params"
U = "075194d3-6885-417e-a8a8-6c931e272f00"


def errors(server, target, **parts):
    """The errors of a 422 by their place."""
    reply = server.ask(ROOT + target, **parts)
    assert reply.status == 422, (reply.status, reply.body)
    problem = reply.json()
    assert problem["code"] == "invalid_parameters"
    return {tuple(error["loc"]): error for error in problem["errors"]}


def query_with(**changes):
    values = {"s": "x", "n": "1", "x": "1", "flag": "1", "u": U, **changes}
    return "/query?" + "&".join(f"{name}={value}" for name, value in values.items())


class TestQuery:
    def test_each_type(self, server):
        answer = server.json(f"{ROOT}/query?s=a%20b&n=-3&x=2.5&flag=true&u={U}")
        assert answer == {
            "s": ["str", "a b"],
            "n": ["int", "-3"],
            "x": ["float", "2.5"],
            "flag": ["bool", "True"],
            "u": ["UUID", U],
        }

    def test_defaults(self, server):
        assert server.json(f"{ROOT}/defaults") == {
            "s": ["str", "word"],
            "n": ["int", "10"],
            "maybe": ["NoneType", "None"],
            "marked": ["int", "5"],
            "named": ["int", "7"],
            "word": ["str", "w"],
        }

    def test_given_values_win_over_defaults(self, server):
        answer = server.json(f"{ROOT}/defaults?s=t&n=1&maybe=2&marked=3&named=4&word=5")
        assert [value for _, value in answer.values()] == ["t", "1", "2", "3", "4", "5"]

    def test_aliases(self, server):
        assert server.json(f"{ROOT}/alias?from=a&page[size]=3") == {"from": "a", "size": 3}
        assert server.json(f"{ROOT}/alias?from=a&page%5Bsize%5D=4") == {"from": "a", "size": 4}
        assert set(errors(server, "/alias?from_=a")) == {("query", "from")}

    @pytest.mark.parametrize(
        ("sent", "text"), [("a+b", "a b"), ("a%2Bb", "a+b"), ("%E2%82%AC", "€"), ("", ""), ("a%26b%3Dc", "a&b=c")]
    )
    def test_decoding(self, server, sent, text):
        assert server.json(f"{ROOT}/echo?q={sent}") == {"param": text, "get": text, "list": [text]}

    @pytest.mark.parametrize("query", ["q=1&q=2", "q=1;q=2", "q=a%00b", "q=1&x&q", "q=%zz", "q=%ff", "%71=1"])
    def test_the_parameter_and_request_get_are_one_truth(self, server, query):
        reply = server.ask(f"{ROOT}/echo?{query}")
        assert reply.status in (200, 400, 422)
        if reply.status == 200:
            answer = reply.json()
            assert answer["param"] == answer["get"]

    @pytest.mark.parametrize("name", ["s", "n", "x", "flag", "u"])
    def test_each_is_required(self, server, name):
        target = query_with().replace(f"{name}=", f"not_{name}=")
        assert set(errors(server, target)) == {("query", name)}


class TestIntegers:
    @pytest.mark.parametrize(
        ("sent", "value"),
        [("0", "0"), ("-0", "0"), ("007", "7"), (str(2**63), str(2**63)), (str(-(2**200)), str(-(2**200)))],
    )
    def test_accepted(self, server, sent, value):
        assert server.json(ROOT + query_with(n=sent))["n"] == ["int", value]

    @pytest.mark.parametrize(
        "sent", ["", "abc", "1.0", "1e3", "0x10", "1_000", "%D9%A1%D9%A2", "%201", "--1", "-", "NaN"]
    )
    def test_refused(self, server, sent):
        assert set(errors(server, query_with(n=sent))) == {("query", "n")}

    def test_4300_digits_are_the_limit(self, server):
        """Beyond it, Python itself refuses: never a 500."""
        assert server.ask(f"{ROOT}/defaults?n=" + "9" * 4301).status == 422

    def test_the_message_says_expected_and_given(self, server):
        error = errors(server, query_with(n="abc"))[("query", "n")]
        assert error["code"] == "int_expected"
        assert "integer" in error["message"] and "`abc`" in error["message"]


class TestOtherTypes:
    @pytest.mark.parametrize(("sent", "value"), [("1", "1.0"), ("-1.5e3", "-1500.0"), (".5", "0.5"), ("5.", "5.0")])
    def test_floats(self, server, sent, value):
        assert server.json(ROOT + query_with(x=sent))["x"] == ["float", value]

    @pytest.mark.parametrize("sent", ["", "nan", "inf", "-Infinity", "1e999", "0x1p3", "1,5", "one"])
    def test_what_is_no_float(self, server, sent):
        assert set(errors(server, query_with(x=sent))) == {("query", "x")}

    @pytest.mark.parametrize(
        ("sent", "value"),
        [(word, "True") for word in ("true", "True", "TRUE", "1", "yes", "on", "On")]
        + [(word, "False") for word in ("false", "False", "0", "no", "off", "OFF")],
    )
    def test_booleans(self, server, sent, value):
        assert server.json(ROOT + query_with(flag=sent))["flag"] == ["bool", value]

    @pytest.mark.parametrize("sent", ["", "2", "maybe", "tru", "t"])
    def test_what_is_no_boolean(self, server, sent):
        assert set(errors(server, query_with(flag=sent))) == {("query", "flag")}

    @pytest.mark.parametrize("sent", [U, U.replace("-", ""), U.upper()])
    def test_uuids(self, server, sent):
        assert server.json(ROOT + query_with(u=sent))["u"] == ["UUID", str(uuid.UUID(U))]

    @pytest.mark.parametrize("sent", ["", "1", "{" + U + "}", "urn:uuid:" + U, U[:-1], U + "0", U[:-1] + "g"])
    def test_what_is_no_uuid(self, server, sent):
        assert set(errors(server, query_with(u=quote(sent)))) == {("query", "u")}


class TestHeaders:
    def test_names_aliases_and_types(self, server):
        headers = [("x-api-KEY", "k"), ("User-Agent", "fox"), ("X-Count", "3")]
        assert server.json(f"{ROOT}/header", headers=headers) == {
            "x_api_key": ["str", "k"],
            "user_agent": ["str", "fox"],
            "x_count": ["int", "3"],
        }

    def test_errors(self, server):
        found = errors(server, "/header", headers=[("X-Count", "0")])
        assert set(found) == {("header", "x-api-key"), ("header", "x-count")}

    def test_keyword_only_arguments(self, server):
        assert server.json(f"{ROOT}/keyword?n=1", headers=[("X-Key", "k")]) == {"n": 1, "key": "k", "other": 3}


class TestCookies:
    def test_names_aliases_and_types(self, server):
        headers = [("Cookie", "session=abc; visit-count=4")]
        assert server.json(f"{ROOT}/cookie", headers=headers) == {"session": ["str", "abc"], "visits": ["int", "4"]}

    def test_quoted_and_encoded_values_are_as_django_reads_them(self, server):
        headers = [("Cookie", 'other=1; session="a b"')]
        assert server.json(f"{ROOT}/cookie", headers=headers)["session"] == ["str", "a b"]

    def test_errors(self, server):
        assert set(errors(server, "/cookie")) == {("cookie", "session")}
        assert set(errors(server, "/cookie", headers=[("Cookie", "session=a; visit-count=x")])) == {
            ("cookie", "visit-count")
        }


def as_text(value: str) -> str:
    """Bytes beyond ASCII are UTF-8 where they can be, and Latin-1 otherwise."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


class TestTruth:
    """What a parameter says and what `request` says is the same."""

    @pytest.mark.parametrize("value", ["fox", " fox ", "\xe9", "\xe2\x82\xac", "a,b", '"quoted"', "%41"])
    def test_headers(self, server, value):
        reply = server.ask(f"{ROOT}/truth", headers=[("X-Word", value)])
        if reply.status == 200:
            parameter, header = reply.json()["header"]
            assert parameter == header == as_text(value.strip())
        else:
            assert reply.status == 422

    @pytest.mark.parametrize(
        "value",
        [
            "crumb=1; crumb=2",
            'crumb="a\\"b"',
            'crumb="a b"',
            "crumb=a%20b",
            "crumb",
            "=crumb; crumb=1",
            "crumb=a=b",
            "crumb = 1",
            "crumb=\xe9",
            "a;crumb=1",
        ],
    )
    def test_cookies(self, server, value):
        reply = server.ask(f"{ROOT}/truth", headers=[("Cookie", value)])
        assert reply.status == 200
        parameter, cookie = reply.json()["cookie"]
        assert parameter == cookie

    def test_cookies_in_two_fields(self, server):
        reply = server.ask(f"{ROOT}/truth", headers=[("Cookie", "a=1"), ("Cookie", "crumb=2")])
        if reply.status == 200:
            parameter, cookie = reply.json()["cookie"]
            assert parameter == cookie


class TestPath:
    def test_types(self, server):
        answer = server.json(f"{ROOT}/kinds/1.5/on/{U}")
        assert answer == {"x": ["float", "1.5"], "flag": ["bool", "True"], "u": ["UUID", U]}

    def test_constraints(self, server):
        assert server.json(f"{ROOT}/path/100/word") == {"n": ["int", "100"], "word": ["str", "word"]}
        assert set(errors(server, "/path/101/words")) == {("path", "n"), ("path", "word")}
        assert set(errors(server, "/path/0/word")) == {("path", "n")}


class TestConstraints:
    @pytest.mark.parametrize(
        "query",
        [
            "gt=1",
            "ge=0",
            "lt=1.4999",
            "le=1.5",
            "short=ab",
            "short=%E2%82%AC%E2%82%AC%E2%82%AC%E2%82%AC",
            "form=ab-12",
            "found=a1b",
        ],
    )
    def test_kept(self, server, query):
        assert server.json(f"{ROOT}/bounds?{query}") == "fits"

    @pytest.mark.parametrize(
        "query",
        [
            "gt=0",
            "gt=-99999999999999999999",
            "ge=-1",
            "lt=1.5",
            "le=1.50001",
            "short=a",
            "short=abcde",
            "form=AB-1",
            "form=a-1%0A",
            "found=abc",
        ],
    )
    def test_broken(self, server, query):
        assert set(errors(server, f"/bounds?{query}")) == {("query", query.split("=")[0])}

    def test_the_message_names_the_bound(self, server):
        assert "0" in errors(server, "/bounds?gt=-5")[("query", "gt")]["message"]
        assert "4" in errors(server, "/bounds?short=abcde")[("query", "short")]["message"]

    def test_those_of_msgspec(self, server):
        assert server.json(f"{ROOT}/meta?n=5") == {"n": 5, "word": "x"}
        assert set(errors(server, "/meta?n=6&word=yes")) == {("query", "n"), ("query", "word")}

    def test_each_has_a_code_of_its_own(self, server):
        found = errors(server, "/bounds?gt=0&ge=-1&lt=2&le=2&short=a&form=1&found=a")
        codes = {error["code"] for error in found.values()}
        assert len(found) == 7
        assert len(codes) >= 6
        assert all(code.replace("_", "").isalpha() and code == code.lower() for code in codes)


class TestTogether:
    def test_all_errors_come_in_one_reply(self, server):
        found = errors(server, "/many/9?flag=perhaps&n=x", headers=[("Cookie", "visit=never")])
        assert set(found) == {
            ("path", "id"),
            ("query", "q"),
            ("query", "n"),
            ("query", "flag"),
            ("header", "x-token"),
            ("cookie", "visit"),
        }
        assert all(error["code"] and error["message"].endswith(".") for error in found.values())

    def test_none_when_all_fit(self, server):
        headers = [("X-Token", "5"), ("Cookie", "visit=1")]
        assert server.json(f"{ROOT}/many/10?q=a&n=1", headers=headers) == "all fit"

    @pytest.mark.parametrize("mode", ["sync", "inline"])
    def test_other_kinds_of_handlers(self, server, mode):
        assert server.json(f"{ROOT}/{mode}/4?q=a") == {"id": ["int", "4"], "q": ["str", "a"], "n": ["int", "3"]}
        assert set(errors(server, f"/{mode}/a")) == {("path", "id"), ("query", "q")}

    def test_a_long_value_is_not_sent_back_whole(self, server):
        reply = server.ask(ROOT + query_with(n="z" * 4000))
        assert (reply.status, len(reply.body) < 1500) == (422, True)

    def test_markup_in_a_value_stays_text(self, server):
        """The reply is JSON: nothing in it is run by a browser that sniffs."""
        reply = server.ask(ROOT + query_with(n=quote('<script>"')))
        assert reply.header("content-type") == "application/problem+json"
        assert '<script>"' in reply.json()["errors"][0]["message"]
