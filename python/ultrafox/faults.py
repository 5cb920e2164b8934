"""What is wrong with a value, read from the errors of msgspec, pydantic and validators.

A fault is where it is, a code, and a sentence. Values are never repeated: they may be secrets, or megabytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

__all__: list[str] = []

Fault = tuple[list[str | int], str, str]
"""Where it is, a code, a sentence."""

MOST = 100
"""How many faults are told at once."""

TOO_MANY = 10_000
"""More faults than pydantic is asked to list: it lists all or none, at more than a microsecond and 400 bytes each."""

_AT = re.compile(r"(?P<said>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?\Z", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
# The same codes as the engine's for parameters (crates/engine/src/params).
_CODES = (
    (re.compile(r"of length <="), "too_long"),
    (re.compile(r"of length >="), "too_short"),
    (re.compile(r"matching regex"), "pattern_mismatch"),
    (re.compile(r"Expected `\w+` >="), "greater_than_equal"),
    (re.compile(r"Expected `\w+` >"), "greater_than"),
    (re.compile(r"Expected `\w+` <="), "less_than_equal"),
    (re.compile(r"Expected `\w+` <"), "less_than"),
    (re.compile(r"Expected `\w+` that's a multiple of"), "multiple_of"),
    (re.compile(r"Invalid UUID"), "uuid_expected"),
    (re.compile(r"Invalid enum value"), "choice_expected"),
)
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| null)?`, got `")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`\Z", re.DOTALL)
_ECHO = re.compile(r"(Invalid enum value) .*", re.DOTALL)

_PYDANTIC = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "enum": "choice_expected",
    "literal_error": "choice_expected",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_pattern_mismatch": "pattern_mismatch",
    "greater_than": "greater_than",
    "greater_than_equal": "greater_than_equal",
    "less_than": "less_than",
    "less_than_equal": "less_than_equal",
    "multiple_of": "multiple_of",
    "string_type": "str_expected",
    "dict_type": "object_expected",
    "list_type": "array_expected",
    "value_error": "invalid",
    "assertion_error": "invalid",
}
_KIND = re.compile(r"(int|float|bool|uuid|date|datetime|time|decimal|url|bytes)_(?:type|parsing|from_.*|.*_parsing)\Z")
_PREFIX = re.compile(r"(?:Value error|Assertion failed), ")


class Misfit(ValueError):
    """Several faults of one value, their places below it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(message for _, _, message in faults))
        self.faults = list(faults)


MISFITS = (ValueError, msgspec.ValidationError)
"""What validators and libraries raise; msgspec's are no ValueError before 0.21."""


def faults_of(error: BaseException, loc: Iterable[str | int] = ("body",)) -> list[Fault] | None:
    """The faults that an error of a schema library tells, at most `MOST`, with `loc` as where it stands.

    None for an error that is not about a value that does not fit its schema.
    """
    start = [*loc]
    if isinstance(error, Misfit):
        return [([*start, *below], code, message) for below, code, message in error.faults][:MOST]
    if isinstance(error, msgspec.ValidationError):
        return _of_msgspec(error, start)[:MOST]
    return _of_pydantic(error, start)


def told(error: BaseException, loc: Iterable[str | int]) -> list[Fault]:
    """The same of an error that a validator raised: one that tells nothing more is one fault with its text."""
    loc = [*loc]
    return faults_of(error, loc) or [(loc, "invalid", _sentence(str(error) or "Invalid value"))]


def _of_msgspec(error: msgspec.ValidationError, start: list[str | int]) -> list[Fault]:
    """Reads msgspec's message; a validator's error is its cause.

    >>> _of_msgspec(msgspec.ValidationError("Expected `int`, got `str` - at `$.tags[3].id`"), ["body"])
    [(['body', 'tags', 3, 'id'], 'int_expected', 'Expected `int`, got `str`.')]
    """
    text = str(error)
    cause = error.__cause__
    match = _AT.match(text)
    said, path = (match["said"], match["path"] or "") if match else (text, "")
    loc: list[str | int] = [*start]
    for name, index, _ in _STEP.findall(path):
        # A value of a mapping comes as `[...]`: msgspec does not say which.
        loc.append(name or (int(index) if index else "*"))
    if isinstance(cause, Misfit):
        return [([*loc, *below], code, message) for below, code, message in cause.faults]
    field = _FIELD.match(said)
    if field:
        return [([*loc, field[2]], "missing" if field[1] == "missing required" else "unknown", f"{said}.")]
    return [(loc, _code(said), _sentence(_ECHO.sub(r"\1", said)))]


def _code(said: str) -> str:
    for pattern, code in _CODES:
        if pattern.search(said):
            return code
    expected = _EXPECTED.match(said)
    return f"{expected[1]}_expected" if expected else "invalid"


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _of_pydantic(error: BaseException, start: list[str | int]) -> list[Fault] | None:
    core = sys.modules.get("pydantic_core")
    if core is None or not isinstance(error, core.ValidationError):
        return None
    told: Any = error
    count: int = told.error_count()
    if count > TOO_MANY:
        return [(start, "invalid", f"Expected a value that fits its schema, given one with {count:,} faults.")]
    errors: list[dict[str, Any]] = told.errors(include_url=False, include_context=False, include_input=False)
    return [_one_of_pydantic(said, start) for said in errors[:MOST]]


def _one_of_pydantic(said: dict[str, Any], start: list[str | int]) -> Fault:
    kind = str(said["type"])
    match = _KIND.match(kind)
    code = _PYDANTIC.get(kind) or (f"{match[1]}_expected" if match else kind)
    return [*start, *said["loc"]], code, _sentence(_PREFIX.sub("", str(said["msg"]), count=1))
