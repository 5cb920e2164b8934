"""The body of an operation: one document for one argument, or one whose members are several arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import msgspec

from ultrafox import constraints as limits
from ultrafox.annotations import name_of
from ultrafox.exceptions import BadRequest, DeclarationError
from ultrafox.faults import MISFITS, Fault, Misfit, faults_of
from ultrafox.markers import MISSING
from ultrafox.plan import BodyPlan
from ultrafox.schema import Adapter, adapter_for
from ultrafox.schema.adapter import is_pydantic
from ultrafox.signature import Argument
from ultrafox.sources import BodyDescribed

__all__: list[str] = []

JSON = "application/json"
MSGPACK = "application/msgpack"
BYTES = "application/octet-stream"
_MSGPACK = (MSGPACK, "application/x-msgpack", "application/vnd.msgpack")

Decode = Callable[[bytes], Any]


class Parser(Protocol):
    """What makes builtins of a body of one media type; `parsers.Parser` is the base for the user's own."""

    media_type: str

    def parse(self, body: bytes, *, content_type: str) -> Any:
        """The document as dict, list, str … Raises ValueError for a body that is none."""


class Part(Protocol):
    """What the body, or one of several, is decoded by."""

    def decoder(self) -> Decode:
        """Decodes JSON."""
        ...

    def unpacker(self) -> Decode:
        """Decodes msgpack."""
        ...

    def reader(self) -> Callable[[Any], Any]:
        """Takes builtins."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """A body as it is declared."""

    plan: BodyPlan
    decoders: tuple[Decode, ...]
    default: Any
    described: BodyDescribed
    parts: bool
    """Whether the arguments are attributes of the decoded body."""


def compile_body(arguments: Sequence[Argument], parsers: Sequence[Parser]) -> Document:
    """Compiles the body of one or several arguments. Raises DeclarationError for what cannot be decoded."""
    first = arguments[0]
    marks = [argument.mark for argument in arguments if argument.mark is not None]
    embedded = len(arguments) > 1 or any(mark.embed for mark in marks)
    media_type = next((mark.media_type for mark in marks if mark.media_type is not None), None)
    required = any(argument.default is MISSING and argument.factory is None for argument in arguments)
    if embedded:
        part: Part = Embedded(arguments)
    else:
        _check_single(first)
        part = Boxed(first.name, schema_of(first)) if first.factory else schema_of(first)
    consumes, decoders = _decoders(part, first, media_type, () if media_type else parsers, embedded)
    annotation: Any = {_wire(one): body_type(one) for one in arguments} if embedded else body_type(first)
    return Document(
        plan=BodyPlan(required=required, kind="document", consumes=consumes),
        decoders=decoders,
        default=_default(arguments) if embedded or first.factory else None if required else first.default,
        described=BodyDescribed("document", required, annotation, consumes, first.mark),
        parts=embedded or first.factory is not None,
    )


def body_type(argument: Argument) -> Any:
    """The schema of a body with the constraints of its marker."""
    if argument.mark is None:
        return argument.annotation
    pydantic = is_pydantic(argument.annotation)
    return limits.restrict(argument.annotation, argument.mark.constraints, pydantic=pydantic)


def schema_of(argument: Argument) -> Adapter:
    """The adapter of a body's schema."""
    annotation = body_type(argument)
    try:
        return adapter_for(annotation)
    except (TypeError, NameError, ValueError, msgspec.MsgspecError) as error:
        given, why = name_of(argument.annotation), str(error).rstrip(".")
        raise DeclarationError(
            f"{argument.place}: expected a type that msgspec or pydantic knows, given {given}: {why}."
        ) from error


def _check_single(argument: Argument) -> None:
    if argument.mark is not None and argument.mark.alias is not None:
        raise DeclarationError(
            f"{argument.place}: expected no name for the body, given {argument.mark.alias!r}."
            " Say Body(embed=True) where it is a member of the JSON object."
        )


def _wire(argument: Argument) -> str:
    return argument.mark.alias if argument.mark and argument.mark.alias else argument.name


def _default(arguments: Sequence[Argument]) -> Any:
    """What stands for a body that is not there: the defaults, made anew where they can be changed."""
    makes = {one.name: one.factory or functools.partial(_same, one.default) for one in arguments}
    return Absent(makes)


def _same(value: Any) -> Any:
    return value


class Absent:
    """A body that is not there, whose parts are the defaults."""

    __slots__ = ("_makes",)

    def __init__(self, makes: dict[str, Callable[[], Any]]) -> None:
        self._makes = makes

    def __getattr__(self, name: str) -> Any:
        try:
            return self._makes[name]()
        except KeyError:
            raise AttributeError(name) from None


def _decoders(
    part: Part, first: Argument, media_type: str | None, parsers: Sequence[Parser], embedded: bool
) -> tuple[tuple[str, ...], tuple[Decode, ...]]:
    """The media types that are taken, and what decodes each."""
    if not embedded and first.core is bytes:
        return (media_type or BYTES,), (bytes,)
    if not embedded and first.core is str and media_type is not None and media_type.startswith("text/"):
        return (media_type,), (functools.partial(_text, part.reader()),)
    if parsers:
        return tuple(parser.media_type for parser in parsers), tuple(_parsed(part, parser) for parser in parsers)
    if media_type is None:
        return (JSON, MSGPACK), (part.decoder(), part.unpacker())
    if media_type in _MSGPACK:
        return (media_type,), (part.unpacker(),)
    if media_type == JSON or media_type.endswith("+json"):
        return (media_type,), (part.decoder(),)
    raise DeclarationError(
        f"{first.place}: expected {JSON}, {MSGPACK} or a parser for `media_type`, given {media_type!r}."
        " Take bytes = Body(media_type=…) for the body as it comes, or name parsers=[…]."
    )


def _text(read: Callable[[Any], Any], body: bytes) -> Any:
    try:
        return read(body.decode())
    except UnicodeDecodeError as error:
        raise Misfit([([], "text_expected", "Expected text in UTF-8.")]) from error


def _parsed(part: Part, parser: Parser) -> Decode:
    if type(parser).__module__ == "ultrafox.parsers":
        # Ours do in two steps what the library does in one.
        if parser.media_type == JSON:
            return part.decoder()
        if parser.media_type == MSGPACK:
            return part.unpacker()
    read = part.reader()

    def decode(body: bytes) -> Any:
        try:
            value = parser.parse(body, content_type=parser.media_type)
        except (ValueError, msgspec.MsgspecError, RecursionError) as error:
            raise BadRequest(_unread(parser, error)) from error
        return read(value)

    return decode


def _unread(parser: Parser, error: Exception) -> str:
    # Only what a parser says in its own words: those of libraries may tell of the inside.
    said = f" {error}" if type(error) is ValueError else ""
    return f"Expected a body of the type `{parser.media_type}`, given one that cannot be read.{said}"


class Boxed:
    """A body whose default is made anew each time, and which is therefore an attribute."""

    __slots__ = ("_name", "_part")

    def __init__(self, name: str, part: Part) -> None:
        self._name = name
        self._part = part

    def _box(self, decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda body: SimpleNamespace(**{self._name: decode(body)})

    def decoder(self) -> Decode:
        """Decodes JSON."""
        return self._box(self._part.decoder())

    def unpacker(self) -> Decode:
        """Decodes msgpack."""
        return self._box(self._part.unpacker())

    def reader(self) -> Callable[[Any], Any]:
        """Takes builtins."""
        return self._box(self._part.reader())


class Embedded:
    """Several bodies as members of one object: one Struct where msgspec knows them all, else member by member."""

    __slots__ = ("_parts", "_whole")

    def __init__(self, arguments: Sequence[Argument]) -> None:
        self._parts = {one.name: (_wire(one), schema_of(one)) for one in arguments}
        native = not any(is_pydantic(one.annotation) for one in arguments)
        self._whole = adapter_for(_struct(arguments, None if native else msgspec.Raw))
        if native:
            self._parts = {}

    def decoder(self) -> Decode:
        """Decodes JSON."""
        return self._joined(self._whole.decoder(), {name: part.decoder() for name, (_, part) in self._parts.items()})

    def unpacker(self) -> Decode:
        """Decodes msgpack."""
        return self._joined(self._whole.unpacker(), {name: part.unpacker() for name, (_, part) in self._parts.items()})

    def reader(self) -> Callable[[Any], Any]:
        """Takes builtins."""
        if not self._parts:
            return self._whole.reader()
        # Raw takes bytes only, and what builtins are of can be written as msgpack.
        unpack = self.unpacker()
        return lambda value: unpack(msgspec.msgpack.encode(value))

    def _joined(self, whole: Decode, parts: dict[str, Decode]) -> Decode:
        return functools.partial(self._members, whole, parts) if parts else whole

    def _members(self, whole: Decode, parts: dict[str, Decode], body: bytes) -> Any:
        found = whole(body)
        faults: list[Fault] = []
        for name, decode in parts.items():
            raw = getattr(found, name)
            if isinstance(raw, msgspec.Raw):
                try:
                    setattr(found, name, decode(bytes(raw)))
                except MISFITS as error:
                    told = faults_of(error, [self._parts[name][0]])
                    if told is None:
                        raise
                    faults += told
        if faults:
            raise Misfit(faults)
        return found


def _struct(arguments: Sequence[Argument], kind: Any) -> type[msgspec.Struct]:
    """The Struct of all members; `kind` stands for their types where they are decoded later."""
    fields: list[Any] = []
    for one in arguments:
        annotation = body_type(one) if kind is None else kind
        if one.factory is not None:
            fields.append((one.name, annotation, msgspec.field(default_factory=one.factory)))
        elif one.default is not MISSING:
            fields.append((one.name, annotation, msgspec.field(default=one.default)))
        else:
            fields.append((one.name, annotation))
    return msgspec.defstruct("Body", fields, rename={one.name: _wire(one) for one in arguments}, kw_only=True)
