"""Which pattern of the URLconf a request would have come by, for a door that does not ask the URLconf."""

from __future__ import annotations

import contextlib
from typing import Any

from django.urls import Resolver404, ResolverMatch, resolve

__all__ = ["match_of"]


def match_of(request: Any) -> ResolverMatch | None:
    """The match of an operation of an API that is in the URLconf.

    For others the function inside the operation's middleware with its arguments, and None where there is none.
    """
    # It imports the doors, which make requests.
    from ultrafox.mounted import View

    with contextlib.suppress(Resolver404):
        match = resolve(request.path_info, getattr(request, "urlconf", None))
        # Another view may stand there, such as one for every path: it does not answer this request.
        if isinstance(match.func, View) and match.url_name is not None:
            return match
    core: Any = getattr(request, "_core", None)
    return None if core is None else ResolverMatch(core.function, (), core.arguments(request))
