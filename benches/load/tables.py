"""Tables as Markdown has them."""

from collections.abc import Iterable, Iterator


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Text to the left, everything that follows the first column to the right."""
    yield f"| {' | '.join(head)} |"
    yield f"|:--{'|--:' * (len(head) - 1)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
