"""Collects operations, and routers below a prefix."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar, Unpack

from django.utils.module_loading import import_string

from ultrafox import coming, mounts
from ultrafox import path as paths
from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import check_keywords, did_you_mean
from ultrafox.operation import Operation, Options, declare
from ultrafox.policy import KEYWORDS, Policy, policy_of

__all__ = ["Router"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE")

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Register(Protocol):
    """A decorator factory: `@router.get("/{id}", response=ItemOut)`."""

    def __call__(self, path: str, **options: Unpack[Options]) -> Callable[[Handler], Handler]: ...


class Verb:
    """The decorator factory of one method, as an attribute of every router."""

    __slots__ = ("method",)

    def __init__(self, method: str) -> None:
        self.method = method

    def __get__(self, router: Router, owner: type[Router]) -> Register:
        return functools.partial(router.api_operation, (self.method,))


class Router:
    """Operations and further routers, to be mounted below a prefix; several times where that is wanted.

        router = Router()

        @router.get("/{id}", response=OrderOut)
        def get_order(request, id: int): ...

        api.add_router("/orders", router)

    A decorator hands the function back as it was. What cannot be served raises DeclarationError, which is a TypeError.
    """

    get = Verb("GET")
    post = Verb("POST")
    put = Verb("PUT")
    patch = Verb("PATCH")
    delete = Verb("DELETE")
    head = Verb("HEAD")
    options = Verb("OPTIONS")
    query = Verb("QUERY")
    trace = Verb("TRACE")

    def __init__(self, prefix: str = "", **policy: Any) -> None:
        check_keywords(policy, ("prefix", *KEYWORDS), "Router", coming.ROUTER)
        self.prefix = _prefix(prefix)
        self.policy = policy_of(policy)
        self._operations: list[Operation] = []
        self._mounts: list[tuple[str, Router, Policy]] = []
        self._frozen = False

    def api_operation(
        self, methods: Sequence[str], path: str, **options: Unpack[Options]
    ) -> Callable[[Handler], Handler]:
        """Serves several methods on a path by one function."""
        wanted = _methods(methods)
        paths.parse(_path(path))

        def decorate(function: Handler) -> Handler:
            self._check_open()
            frame = inspect.currentframe()
            # A handler may be declared in a function, and its annotations name what is local there.
            visible = frame.f_back.f_locals if frame and frame.f_back else {}
            self._operations.extend(declare(wanted, path, function, options, visible))
            return function

        return decorate

    def add_router(self, prefix: str, router: Any, **policy: Any) -> None:
        """Mounts a router below a prefix, which may hold parameters: `/shops/{shop}`.

        Takes a Router, its dotted path (`"shop.api.orders"`), and a router or an API of Django Ninja, which answers as
        it did before. Keywords are policies of this mount alone.
        """
        self._check_open()
        if isinstance(router, str):
            router = _imported(router, prefix)
        if mounts.is_ninja(router):
            self._mount(prefix, mounts.mount_ninja(prefix, router))
            return
        if not _is_mountable(router):
            raise DeclarationError(f"Expected a Router to mount below {prefix!r}, given {router!r}.")
        if self in router.reach():
            raise DeclarationError(f"Expected a tree of routers, given one that would hold itself below {prefix!r}.")
        check_keywords(policy, KEYWORDS, "add_router", coming.ROUTER)
        self._mounts.append((_prefix(prefix), router, policy_of(policy)))

    def include_router(self, router: Any, prefix: str = "", **policy: Any) -> None:
        """Mounts a router, as in FastAPI."""
        self.add_router(prefix, router, **policy)

    def mount_asgi(self, path: str, app: Any) -> None:
        """Answers everything below a path by an ASGI application."""
        self._mount(path, mounts.mount_asgi(path, app))

    def mount_django(self, path: str, target: Any) -> None:
        """Answers everything below a path by Django's views: a URLconf, a list of patterns, or one view."""
        self._mount(path, mounts.mount_django(path, target))

    def _mount(self, path: str, answer: Callable[[Any], Any]) -> None:
        self._check_open()
        for handler, below in mounts.handlers(answer, _prefix(path)):
            options: Options = {"response": None, "include_in_schema": False, "compress": False}
            # TRACE sends back what it was sent, cookies and all: only who asks for it by name gets it.
            methods = tuple(method for method in METHODS if method != "TRACE")
            declared = declare(methods, below, handler, options, {})
            self._operations.extend(replace(operation, is_mount=True) for operation in declared)

    @property
    def mountable(self) -> bool:
        """Whether this may be mounted in another router."""
        return True

    def reach(self) -> Iterator[Router]:
        """This router and all below it."""
        yield self
        for _, router, _ in self._mounts:
            yield from router.reach()

    def freeze(self, prefix: str = "", outer: Policy | None = None) -> Iterator[tuple[str, Operation]]:
        """`operations`; no router of the tree takes more after that."""
        for router in self.reach():
            router._frozen = True
        return self.operations(prefix, outer)

    def operations(self, prefix: str = "", outer: Policy | None = None) -> Iterator[tuple[str, Operation]]:
        """Every operation with the prefixes and inside the policies around it."""
        here = paths.join(prefix, self.prefix)
        policy = self.policy.within(outer) if outer else self.policy
        for operation in self._operations:
            yield here, operation.within(policy)
        for below, router, mounted in self._mounts:
            yield from router.operations(paths.join(here, below), mounted.within(policy))

    @property
    def is_frozen(self) -> bool:
        """Whether it takes no more operations."""
        return self._frozen

    def _check_open(self, what: str = "operations") -> None:
        if self._frozen:
            raise DeclarationError(f"Expected all {what} before the start, given one after it, on {self!r}.")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.prefix or '/'}>"


def _methods(methods: Sequence[str]) -> tuple[str, ...]:
    if isinstance(methods, str) or not methods:
        raise DeclarationError(f'Expected a list of methods, as in ["GET", "POST"], given {methods!r}.')
    wanted = tuple(dict.fromkeys(method.upper() for method in methods))
    for method in wanted:
        if method not in METHODS:
            cure = did_you_mean(method, METHODS)
            raise DeclarationError(f"Expected methods out of {', '.join(METHODS)}, given {method}.{cure}")
    return wanted


def _imported(path: str, prefix: str) -> Any:
    try:
        return import_string(path)
    except ImportError as error:
        raise DeclarationError(
            f"Expected the dotted path of a Router to mount below {prefix!r}, given {path!r}: {error}."
        ) from error


def _is_mountable(given: object) -> bool:
    return isinstance(given, Router) and given.mountable


def _path(path: Any) -> str:
    if not isinstance(path, str):
        raise DeclarationError(f'Expected a path, as in @api.get("/items"), given {path!r}.')
    return path


def _prefix(prefix: Any) -> str:
    """A prefix with one slash before it and none behind, or nothing."""
    paths.parse(_path(prefix))
    return "/" + prefix.strip("/") if prefix.strip("/") else ""
