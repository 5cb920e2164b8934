"""The same API in a URLconf, for other servers."""

from project.around.api import mounted as urlpatterns

__all__ = ["urlpatterns"]
