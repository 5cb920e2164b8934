"""A Django view tree below a prefix: a URLconf, a list of patterns, or one view."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.core.handlers.base import BaseHandler
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, get_urlconf, include, re_path, set_urlconf

from ultrafox import conf
from ultrafox.exceptions import DeclarationError
from ultrafox.middleware.compose import compose
from ultrafox.middleware.layer import is_async
from ultrafox.middleware.project import django_layers
from ultrafox.mounts.guards import guards
from ultrafox.mounts.place import split

__all__ = ["mount_django"]


def mount_django(path: str, target: Any) -> Callable[[Any], HttpResponseBase]:
    """A handler that answers by Django's views: those of a URLconf (a module or its name), a list of patterns,
    (patterns, app_name), or one view for everything below the path.

    It runs on a thread. Views see `request.resolver_match`, and `reverse()` in them finds their own names and the
    project's. Django's own classes of settings.MIDDLEWARE run around them, CSRF and sessions among them, unless
    `request.django_ran` says that they did already; then only their `process_view` is asked about the view itself.
    ATOMIC_REQUESTS holds. Http404 is the API's 404. A body that is no form with files may be as long as
    DATA_UPLOAD_MAX_MEMORY_SIZE says. Raises DeclarationError for what holds no views.
    """
    mounted = _included(path, target)
    find = functools.lru_cache(maxsize=64)(functools.partial(Tree, mounted))
    chains: list[Callable[[Any], Any]] = []
    core = _Core()

    def run_django(request: Any) -> HttpResponseBase:
        root, rest = split(request)
        tree = find(root)
        match = tree.match(root + rest)
        _check_size(request)
        if getattr(request, "django_ran", False):
            return _within(tree, match, request, core.guarded)
        if not chains:
            # Settings are whole now, and middleware is made once.
            chains.append(compose(django_layers(settings.MIDDLEWARE, conf.skipped_middleware()), core, view=_view))
        return _within(tree, match, request, chains[0])

    return run_django


class Tree:
    """A URLconf: the mounted views below one prefix, and the project's beside them, for `reverse()`."""

    def __init__(self, mounted: Any, root: str) -> None:
        start = re.escape(root.lstrip("/"))
        self._mounted = re_path(f"^{start}/" if start else "^", mounted)
        self._root = root

    @functools.cached_property
    def urlpatterns(self) -> list[Any]:
        """The patterns, the mounted ones first."""
        return [self._mounted, re_path("^", include(settings.ROOT_URLCONF))]

    def match(self, path: str) -> ResolverMatch:
        """The mounted view of a path. Raises Http404, without saying what there is."""
        found: ResolverMatch | None = None
        with contextlib.suppress(Http404):
            found = self._mounted.resolve(path.lstrip("/"))
        if found is None:
            raise Http404
        return found


class _Core:
    """A mounted view in the place of a handler."""

    is_async = False

    @property
    def function(self) -> Callable[..., Any]:
        """Every request has its own; `_view` tells it."""
        return self.call

    def call(self, request: Any) -> Any:
        """What the view returns."""
        match: ResolverMatch = request.resolver_match
        # As Django's handler would: ATOMIC_REQUESTS, and views that do without it.
        view: Callable[..., Any] = BaseHandler().make_view_atomic(match.func)
        return (async_to_sync(view) if is_async(view) else view)(request, *match.args, **match.kwargs)

    def finish(self, value: Any, request: Any) -> HttpResponseBase:
        """The response, refused where the view gives anything else."""
        if not isinstance(value, HttpResponseBase):
            name = getattr(request.resolver_match, "_func_path", "a view")
            raise TypeError(f"Expected an HttpResponse from the view {name}, given {type(value).__name__}.")
        return value

    def guarded(self, request: Any) -> HttpResponseBase:
        """The response where all middleware has run, around the API's own view."""
        value = self._refusal(request) or self.call(request)
        render = getattr(value, "render", None)
        return self.finish(render() if callable(render) else value, request)

    def _refusal(self, request: Any) -> Any:
        arguments = _view(request)
        for guard in guards(tuple(settings.MIDDLEWARE)):
            answer = guard(request, *arguments)
            if answer is not None:
                return answer
        return None

    def explain(self, error: Exception, request: Any) -> HttpResponseBase:
        """Errors are the API's to explain."""
        raise error


def _check_size(request: Any) -> None:
    """Django's limit, which it keeps where a view reads the body of a request of its own."""
    most: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if most is not None and request.content_type != "multipart/form-data" and len(request.body) > most:
        raise RequestDataTooBig(f"Expected at most {most} bytes, given {len(request.body)}.")


def _view(request: Any) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    match: ResolverMatch = request.resolver_match
    return match.func, match.args, match.kwargs


def _within(tree: Tree, match: ResolverMatch, request: Any, run: Callable[[Any], Any]) -> HttpResponseBase:
    """Runs with the tree as the thread's URLconf."""
    outside, matched = get_urlconf(), request.resolver_match
    request.urlconf = tree
    request.resolver_match = match
    set_urlconf(tree)  # type: ignore[arg-type,unused-ignore]
    try:
        response: HttpResponseBase = run(request)
    finally:
        set_urlconf(outside)
        request.resolver_match = matched
        del request.urlconf
    return response


def _included(path: str, target: Any) -> Any:
    """What `re_path` takes for the views of a target."""
    if isinstance(target, (str, ModuleType, list, tuple)):
        try:
            # Django Ninja's `urls` are such a triple, ready made.
            return target if isinstance(target, tuple) and len(target) == 3 else include(target)
        except (ImproperlyConfigured, ImportError, TypeError) as error:
            raise DeclarationError(f"mount_django({path!r}): expected a URLconf, given {target!r}: {error}") from error
    if callable(target) and not isinstance(target, type):
        view: Any = target
        return include([re_path("", view)])
    raise DeclarationError(
        f"mount_django({path!r}): expected a URLconf, its dotted name, a list of patterns or a view"
        f" (of a class: View.as_view()), given {target!r}."
    )
