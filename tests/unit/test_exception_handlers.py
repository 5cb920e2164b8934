from __future__ import annotations

import asyncio
import threading

import pytest
from django.http import Http404

from ultrafox import API, Router
from ultrafox.exception_handlers import ExceptionHandlers, register_exception_handlers
from ultrafox.exceptions import Conflict, DeclarationError, HttpError, HTTPException, NotFound
from ultrafox.refusals import INTERNAL, Explainer


class Broken(Exception):
    pass


class VeryBroken(Broken):
    pass


class OutOfStock(Conflict):
    pass


def answers(name):
    def handler(request, exc):
        return name

    return handler


def handlers(*kinds):
    made = ExceptionHandlers()
    for kind in kinds:
        made.add(kind, answers(kind))
    return made


def found(made, error, status=500):
    handler = made.find(error, status)
    return handler and handler(None, error)


class TestFind:
    def test_the_nearest_class_decides(self):
        made = handlers(Exception, Broken)
        assert found(made, VeryBroken()) is Broken
        assert found(made, KeyError()) is Exception
        assert found(handlers(Exception, Broken, VeryBroken), VeryBroken()) is VeryBroken

    def test_none(self):
        assert found(handlers(Broken), KeyError()) is None
        assert found(handlers(Exception), SystemExit()) is None

    def test_a_status_stands_between_named_and_general_classes(self):
        assert found(handlers(409, HTTPException, Exception), OutOfStock(), 409) == 409
        assert found(handlers(409, HTTPException), HTTPException(409), 409) == 409
        assert found(handlers(409, HttpError), HttpError(409), 409) == 409
        assert found(handlers(409, Conflict), OutOfStock(), 409) is Conflict
        assert found(handlers(409, HTTPException), NotFound(), 404) is HTTPException

    def test_a_status_takes_what_would_be_answered_with_it(self):
        assert found(handlers(404, Exception), Http404(), 404) == 404
        assert found(handlers(500), KeyError(), 500) == 500

    def test_the_last_one_counts(self):
        made = handlers(Broken)
        made.add(Broken, answers("second"))
        assert found(made, Broken()) == "second"

    def test_empty_is_false(self):
        assert not ExceptionHandlers()
        assert handlers(404) and handlers(Broken)


class TestAdd:
    def test_the_decorator_gives_the_function_back(self):
        made = ExceptionHandlers()

        def handler(request, exc): ...

        assert made.register(Broken)(handler) is handler
        assert made.find(Broken()) is handler

    @pytest.mark.parametrize("kind", [200, 600, True, "404", KeyboardInterrupt, BaseException, int, KeyError()])
    def test_what_no_exception_can_meet(self, kind):
        with pytest.raises(DeclarationError, match="expected a class of exceptions or a status from 300 to 599"):
            handlers(kind)

    @pytest.mark.parametrize("handler", [lambda exc: 1, lambda a, b, c: 1, "x", None, Broken])
    def test_what_cannot_be_called_with_both(self, handler):
        with pytest.raises(DeclarationError, match=r"\(request, exc\)"):
            ExceptionHandlers().add(Broken, handler)


def finish(value, request, status):
    """Notes what an answer would be made of."""
    if isinstance(value, tuple):
        status, value = value
    return status, "text/plain", repr((value, request)).encode(), []


def explained(made, error, request="the request", **more):
    return Explainer("here", made, False, finish=finish).explain(error, request, **more)


class TestExplained:
    def test_a_value_takes_the_status_of_the_exception(self):
        made = handlers(Exception)
        assert explained(made, OutOfStock())[0] == 409
        assert explained(made, Http404())[0] == 404
        assert explained(made, KeyError())[0] == 500

    def test_a_value_may_name_its_own(self):
        made = ExceptionHandlers()
        made.add(Broken, lambda request, exc: (418, {"a": 1}))
        assert explained(made, Broken()) == (418, "text/plain", b"({'a': 1}, 'the request')", [])

    def test_what_nobody_handles_goes_on(self):
        assert explained(handlers(Broken), NotFound())[:2] == (404, "not_found")

    @pytest.mark.parametrize("raised", [KeyError("secret"), NotFound("secret"), SystemExit("secret")])
    def test_an_error_inside_is_internal_and_logged(self, caplog, raised):
        made = ExceptionHandlers()

        def handler(request, exc):
            raise raised

        made.add(Broken, handler)
        assert explained(made, Broken("first")) == INTERNAL
        assert "here failed: " + type(raised).__name__ in caplog.text
        assert "first" in caplog.text

    def test_a_value_that_cannot_be_an_answer(self, caplog):
        def refuse(value, request, status):
            raise TypeError("no")

        told = Explainer("here", handlers(Broken), False, finish=refuse).explain(Broken(), None)
        assert told == INTERNAL
        assert "TypeError" in caplog.text

    def test_what_is_no_exception_is_never_handed_over(self, caplog):
        made = handlers(Exception, 500)
        assert explained(made, asyncio.CancelledError()) == INTERNAL
        assert explained(made, SystemExit()) == INTERNAL

    def test_what_nobody_foresaw_is_logged_all_the_same(self, caplog):
        explained(handlers(Exception), KeyError())
        assert "here failed: KeyError" in caplog.text
        caplog.clear()
        explained(handlers(KeyError), KeyError())
        explained(handlers(Exception), NotFound())
        assert caplog.text == ""


class TestAsync:
    @staticmethod
    async def at_once(request, exc):
        return "at once"

    @staticmethod
    async def later(request, exc):
        await asyncio.sleep(0.001)
        return "later"

    def made(self, handler):
        found = ExceptionHandlers()
        found.add(Broken, handler)
        return found

    @pytest.mark.parametrize("handler", ["at_once", "later"])
    def test_without_a_loop(self, handler):
        status, _, body, _ = explained(self.made(getattr(self, handler)), Broken())
        assert (status, handler.replace("_", " ").encode() in body) == (500, True)

    def test_on_a_loop_one_that_does_not_wait(self):
        async def inside():
            return explained(self.made(self.at_once), Broken())

        assert b"at once" in asyncio.run(inside())[2]

    def test_on_a_loop_one_that_waits_is_refused(self, caplog):
        async def inside():
            return explained(self.made(self.later), Broken())

        assert asyncio.run(inside()) == INTERNAL
        assert "Declare it with `def`" in caplog.text

    @pytest.mark.parametrize("handler", ["at_once", "later"])
    def test_awaited(self, handler):
        explainer = Explainer("here", self.made(getattr(self, handler)), False, finish=finish)
        told = asyncio.run(explainer.aexplain(Broken(), "the request"))
        assert (told[0], handler.replace("_", " ").encode() in told[2]) == (500, True)

    def test_awaited_def_handlers_run_on_a_thread(self):
        threads = []
        explainer = Explainer(
            "here", self.made(lambda request, exc: threads.append(threading.get_ident())), False, finish=finish
        )
        asyncio.run(explainer.aexplain(Broken(), None))
        assert threads and threads != [threading.get_ident()]

    def test_awaited_errors(self, caplog):
        def handler(request, exc):
            raise KeyError("secret")

        explainer = Explainer("here", self.made(handler), False, finish=finish)
        assert asyncio.run(explainer.aexplain(Broken(), None)) == INTERNAL
        assert asyncio.run(explainer.aexplain(NotFound(), None))[0] == 404
        assert "here failed: KeyError" in caplog.text


class TestRegister:
    def test_it_sets_the_style(self):
        api = API()
        register_exception_handlers(api)
        assert api.errors == "boost"

    @pytest.mark.parametrize("given", [None, "api", Router()])
    def test_anything_else(self, given):
        with pytest.raises(DeclarationError, match="expected an API"):
            register_exception_handlers(given)
