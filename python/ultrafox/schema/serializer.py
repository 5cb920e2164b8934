"""`Serializer`: a Struct with validators, computed fields, and ways from models and to builtins."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self, TypeVar

import msgspec

from ultrafox.annotations import annotations_of
from ultrafox.encoding import encode
from ultrafox.exceptions import DeclarationError
from ultrafox.faults import MISFITS, Fault, Misfit, told
from ultrafox.nearest import did_you_mean
from ultrafox.schema.dump import Dump, written
from ultrafox.schema.native import NativeAdapter
from ultrafox.schema.trust import is_trusted

__all__ = ["Serializer", "computed_field", "field_validator", "model_validator"]

F = TypeVar("F", bound=Callable[..., Any])


class FieldValidator:
    """A function that takes a field's value and returns it, or another in its place."""

    def __init__(self, function: Any, names: tuple[str, ...]) -> None:
        self.function: Callable[..., Any] = getattr(function, "__func__", function)
        self.is_static = isinstance(function, staticmethod)
        self.names = names

    def __get__(self, instance: object, owner: type[Any]) -> Callable[[Any], Any]:
        return self.function if self.is_static else functools.partial(self.function, owner)


class ModelValidator:
    """A function that looks at the whole."""

    def __init__(self, function: Any) -> None:
        self.function: Callable[..., Any] = getattr(function, "__func__", function)

    def __get__(self, instance: object, owner: type[Any]) -> Callable[..., Any]:
        return self.function if instance is None else functools.partial(self.function, instance)


class ComputedField:
    """A value that is made of the others, read like an attribute and written to replies."""

    def __init__(self, function: Any) -> None:
        self.function: Callable[[Any], Any] = getattr(function, "fget", None) or function

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        return self if instance is None else self.function(instance)


def field_validator(*names: str, mode: str = "after") -> Callable[[F], F]:
    """Makes a function the validator of these fields: `def check(cls, value)` returns the value to keep.

    A ValueError refuses the value; its text is what the client reads. Runs after types are checked, for bodies, groups
    of parameters and calls of the class, not for rows of a reply.
    """
    if not names or not all(isinstance(name, str) for name in names):
        raise DeclarationError('field_validator: expected names of fields, as in @field_validator("email").')
    _check_mode("field_validator", mode)
    return lambda function: FieldValidator(function, names)  # type: ignore[return-value]


def model_validator(function: Any = None, /, *, mode: str = "after") -> Any:
    """Makes `def check(self)` the validator of the whole; it runs when all fields are valid.

    It may raise ValueError; what it returns is not used.
    """
    _check_mode("model_validator", mode)
    return ModelValidator if function is None else ModelValidator(function)


def computed_field(function: Any = None, /) -> Any:
    """Makes a method or property a field of replies; it is no field of what comes in."""
    return ComputedField if function is None else ComputedField(function)


def _check_mode(name: str, mode: str) -> None:
    if mode != "after":
        raise DeclarationError(
            f'{name}: expected mode="after", given {mode!r}. Types are checked first; take a wider type to change it.'
        )


class Serializer(msgspec.Struct):
    """A schema for what comes in and what goes out.

        class UserIn(Serializer):
            name: str
            email: str

            @field_validator("email")
            def lower(cls, value):
                if "@" not in value:
                    raise ValueError("Expected an address.")
                return value.lower()

    Everything that a `msgspec.Struct` can do it can do as well.
    """

    __ultrafox_computed__: ClassVar[dict[str, ComputedField]] = {}
    __ultrafox_validators__: ClassVar[tuple[FieldValidator | ModelValidator, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = vars(cls)
        computed = {name: item for name, item in own.items() if isinstance(item, ComputedField)}
        cls.__ultrafox_computed__ = {**cls.__ultrafox_computed__, **computed}
        validators = [item for item in own.values() if isinstance(item, (FieldValidator, ModelValidator))]
        # One that is written again under its name takes the place of the inherited one.
        kept = [item for item in cls.__ultrafox_validators__ if not _is_replaced(item, cls)]
        cls.__ultrafox_validators__ = (*kept, *validators)
        _check_names(cls, validators)
        if validators and "__post_init__" not in own:
            cls.__post_init__ = _validate  # type: ignore[attr-defined]
        elif cls.__ultrafox_validators__ and "__post_init__" in own and own["__post_init__"] is not _validate:
            cls.__post_init__ = _after(own["__post_init__"])  # type: ignore[attr-defined]

    @classmethod
    def from_model(cls, obj: Any) -> Self:
        """The serializer of a model instance (or of a mapping, or of an object with these attributes).

        Relations that it names are read; validators do not run. Raises msgspec.ValidationError for what does not fit.
        """
        found: Self = _adapter(cls).made(obj)
        return found

    @classmethod
    def from_models(cls, objects: Iterable[Any]) -> list[Self]:
        """The serializers of many; of a QuerySet no more columns are read than it names."""
        found: list[Self] = _adapter(list[cls]).made(objects)  # type: ignore[valid-type]
        return found

    def to_dict(self, *, by_alias: bool = False, exclude_none: bool = False, exclude_defaults: bool = False) -> Any:
        """The fields by their names in Python, Structs inside as dicts, for `Model.objects.create(**data.to_dict())`.

        Without computed fields, which no model takes.
        """
        options = Dump(by_alias=by_alias, exclude_none=exclude_none, exclude_defaults=exclude_defaults)
        return written(self, options, computed=False)

    def to_json(self, *, by_alias: bool = True, exclude_none: bool = False, exclude_defaults: bool = False) -> bytes:
        """The JSON of a reply, in UTF-8, with computed fields."""
        options = Dump(by_alias=by_alias, exclude_none=exclude_none, exclude_defaults=exclude_defaults)
        return encode(written(self, options))


@functools.cache
def _adapter(schema: Any) -> NativeAdapter:
    return NativeAdapter(schema)


def _is_replaced(validator: FieldValidator | ModelValidator, cls: type[Any]) -> bool:
    name = validator.function.__name__
    return name in vars(cls)


def _check_names(cls: type[Any], validators: list[FieldValidator | ModelValidator]) -> None:
    known = [name for base in cls.__mro__ if issubclass(base, msgspec.Struct) for name in annotations_of(base)]
    for validator in validators:
        for name in validator.names if isinstance(validator, FieldValidator) else ():
            if name not in known:
                raise DeclarationError(
                    f"{cls.__module__}.{cls.__qualname__}: expected fields out of {', '.join(known)} for"
                    f" @field_validator, given `{name}`.{did_you_mean(name, known)}"
                )


def _after(function: Callable[[Any], None]) -> Callable[[Any], None]:
    """What the class does by itself, then its validators."""

    @functools.wraps(function)
    def both(self: Any) -> None:
        function(self)
        _validate(self)

    return both


def _validate(self: Any) -> None:
    """Runs the validators of the fields, and where they all agree those of the whole."""
    if is_trusted():
        return
    cls: Any = type(self)
    faults: list[Fault] = []
    for name, wire, check in _checks(cls):
        value = getattr(self, name)
        if value is msgspec.UNSET:
            continue
        try:
            kept = check(value)
        except MISFITS as error:
            faults += told(error, [wire])
        else:
            if kept is not value:
                msgspec.structs.force_setattr(self, name, kept)
    if faults:
        raise Misfit(faults)
    _validate_whole(self, cls)


def _validate_whole(self: Any, cls: Any) -> None:
    for validator in cls.__ultrafox_validators__:
        if isinstance(validator, ModelValidator):
            try:
                validator.function(self)
            except MISFITS as error:
                raise Misfit(told(error, [])) from error


@functools.cache
def _checks(cls: type[Any]) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    """For each validator and each of its fields: the names of the field, and the function."""
    wires = dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
    return tuple(
        (name, wires[name], validator.__get__(None, cls))
        for validator in cls.__ultrafox_validators__
        if isinstance(validator, FieldValidator)
        for name in validator.names
    )
