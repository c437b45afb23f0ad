"""Values: frozen classes with slots as `dataclasses` makes them, at a fraction of its start.

`dataclasses` loads `inspect`, and compiles six methods for each class: for the hundred classes of
`lint` that took as long as all its other work. What is made here gets its methods ready made, and
else behaves the same. `dataclasses` itself (`replace`, `fields`, `asdict`) takes them for its own.
See ``docs/adr/0014-values-get-their-methods-ready-made.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter, eq, ge, gt, le, lt

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    # mypy checks the names that this very function is given, and knows it by its home.
    from dataclasses import replace as replace  # noqa: PLC0414
    from typing import Any, Never, TypeVar, dataclass_transform, overload

    _T = TypeVar("_T")
else:

    def replace(held, /, **changes):
        """The same value but for some fields, as `dataclasses.replace` makes it."""
        cls = held.__class__
        fields = {name: getattr(held, name) for name in cls.__annotations__}
        fields.update(changes)
        return cls(**fields)

    def dataclass_transform(**_):
        """For type checkers."""
        return lambda decorator: decorator

    def overload(_):
        """For type checkers."""


_Row = Callable[["Any"], tuple["Any", ...]]
"""Takes the values of all fields out of a value, in their order."""
_Stores = tuple[tuple[str, Callable[["Any", object], None]], ...]
"""Each field's name, and what puts a value into it."""


class _Fresh:
    """A default that is made anew for each value."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def fresh(*, default_factory: Callable[[], _T]) -> _T:
    """The default of a field that is made anew for each value: ``fresh(default_factory=dict)``."""
    return _Fresh(default_factory)  # type: ignore[return-value]


@overload
def frozen(cls: type[_T], /) -> type[_T]: ...  # noqa: D103
@overload
def frozen(  # noqa: D103, F811
    *, kw_only: bool = True, order: bool = False, slots: bool = True
) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(fresh,))
def frozen(  # noqa: F811
    cls: type[Any] | None = None,
    /,
    *,
    kw_only: bool = True,
    order: bool = False,
    slots: bool = True,
) -> Any:
    """Make a class one of values: equal where all fields are, and never changed.

    Args:
        cls: the class, without a base. What it annotates are the fields.
        kw_only: whether fields are given by name only.
        order: whether values are in an order, which is that of their fields.
        slots: whether there is no place for more; `functools.cached_property` needs one.
    """

    def made(plain: type[Any]) -> type[Any]:
        names = tuple(plain.__annotations__)
        defaults = {name: plain.__dict__[name] for name in names if name in plain.__dict__}
        for name, held in defaults.items():
            if held.__class__.__hash__ is None:
                raise TypeError(f"all values would share the default of '{name}': use fresh()")
            if held.__class__.__module__ == "dataclasses":
                raise TypeError(f"the default of '{name}' is a field of dataclasses: use fresh()")
        found = _with_slots(plain, names) if slots else plain
        row, stores = _row(names), _stores(found, names)
        own = _Own(found, names, defaults, kw_only=kw_only)
        fill = _by_name(stores, defaults, own) if kw_only else _by_place(stores, defaults, own)
        given = {
            "__init__": fill,
            "__repr__": _representation(names, row),
            "__hash__": lambda self: hash(row(self)),
            "__eq__": _compared(row, eq),
            "__setattr__": _refused("assign to"),
            "__delattr__": _refused("delete"),
            "__match_args__": () if kw_only else names,
            **({f"__{by.__name__}__": _compared(row, by) for by in _ORDER} if order else {}),
            **(_copied(row, stores) if slots else {}),
        }
        for name, method in given.items():
            if name not in plain.__dict__:
                setattr(found, name, method)
        for name in ("__dataclass_fields__", "__dataclass_params__", "__signature__"):
            setattr(found, name, _Likeness(name, defaults, kw_only=kw_only, order=order))
        return found

    return made if cls is None else made(cls)


_ORDER = (lt, le, gt, ge)


def _with_slots(plain: type[Any], names: tuple[str, ...]) -> type[Any]:
    """The same class again: slots are laid out when a class is made."""
    kept = {name: held for name, held in plain.__dict__.items() if name not in names}
    kept.pop("__dict__", None)
    kept.pop("__weakref__", None)
    found = type(plain.__name__, plain.__bases__, {**kept, "__slots__": names})
    found.__qualname__ = plain.__qualname__
    return found


def _row(names: tuple[str, ...]) -> _Row:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _stores(cls: type[Any], names: tuple[str, ...]) -> _Stores:
    """What gets around the refusal to assign: a slot's own descriptor, or the dictionary."""

    def into_dictionary(name: str) -> Callable[[Any, object], None]:
        return lambda self, held: self.__dict__.__setitem__(name, held)

    if "__slots__" in cls.__dict__:
        return tuple((name, cls.__dict__[name].__set__) for name in names)
    return tuple((name, into_dictionary(name)) for name in names)


class _Own:
    """Gives a class of which many values are made an ``__init__`` of its own.

    To compile one takes as long as to make a hundred values without it. It fills a value while
    that is of an open class, the same but for the refusal to assign: to get around the refusal
    for each field would take three times as long.
    """

    def __init__(
        self, cls: type[Any], names: tuple[str, ...], defaults: Mapping[str, Any], *, kw_only: bool
    ) -> None:
        self._cls, self._names, self._defaults, self._kw_only = cls, names, defaults, kw_only
        self._left = _MANY

    def count(self) -> None:
        """Count one more value."""
        self._left -= 1
        if self._left == 0:
            self._cls.__init__ = self._compiled()

    def _compiled(self) -> Callable[..., None]:
        scope: dict[str, Any] = {"__absent": object(), **_classes(self._cls, self._names)}
        parameters, made_anew = ["__self", *["*"][: self._kw_only]], []
        for number, name in enumerate(self._names):
            parameter = name
            if name in self._defaults:
                held = self._defaults[name]
                is_fresh = isinstance(held, _Fresh)
                scope[f"__default{number}"] = held.make if is_fresh else held
                parameter = f"{name}={'__absent' if is_fresh else f'__default{number}'}"
                if is_fresh:
                    made_anew.append(f"if {name} is __absent: {name} = __default{number}()")
            parameters.append(parameter)
        body = [*made_anew, "__become(__self, __open)", *_filled(self._names)]
        return _function(self._cls, "__init__", parameters, body, scope)


def by_place(cls: type[_T]) -> Callable[..., _T]:
    """What makes values of a class from all of its fields, in their order.

    A third of the time that the class itself takes, for those who make a million.
    """
    names = tuple(cls.__annotations__)
    body = ["__self = __open()", *_filled(names), "return __self"]
    return _function(cls, "by_place", names, body, _classes(cls, names))


def _classes(cls: type[Any], names: tuple[str, ...]) -> dict[str, Any]:
    """A class, the open one that is like it, and what makes a value of one one of the other."""
    slots = {"__slots__": names} if "__slots__" in cls.__dict__ else {}
    opened = type(cls.__name__, cls.__bases__, slots)
    return {"__frozen": cls, "__open": opened, "__become": vars(object)["__class__"].__set__}


def _filled(names: tuple[str, ...]) -> list[str]:
    return [*(f"__self.{name} = {name}" for name in names), "__become(__self, __frozen)"]


def _function(
    cls: type[Any], name: str, parameters: Iterable[str], body: list[str], scope: dict[str, Any]
) -> Callable[..., Any]:
    source = "\n    ".join([f"def {name}({', '.join(parameters)}):", *body])
    exec(source, scope)  # noqa: S102 - nothing in it comes from outside
    made: Callable[..., Any] = scope[name]
    made.__qualname__ = f"{cls.__qualname__}.{name}"
    return made


_MANY = 100


def _by_name(stores: _Stores, defaults: Mapping[str, Any], own: _Own) -> Callable[..., None]:
    """The ``__init__`` of a class whose fields are given by name."""
    fixed = {name: held for name, held in defaults.items() if not isinstance(held, _Fresh)}
    makers = [(name, held.make) for name, held in defaults.items() if isinstance(held, _Fresh)]
    count = len(stores)

    def __init__(self: Any, **given: Any) -> None:  # noqa: N807
        own.count()
        if fixed:
            given = {**fixed, **given}
        for name, make in makers:
            if name not in given:
                given[name] = make()
        try:
            for name, store in stores:
                store(self, given[name])
        except KeyError:
            raise _misuse(self, f"it lacks '{name}'") from None
        if len(given) != count:
            known = dict(stores)
            other = next(name for name in given if name not in known)
            raise _misuse(self, f"it has no '{other}'")

    return __init__


def _by_place(stores: _Stores, defaults: Mapping[str, Any], own: _Own) -> Callable[..., None]:
    """The ``__init__`` of a class whose fields are given in their order, or by name."""
    fill = _by_name(stores, defaults, own)
    names = tuple(name for name, _ in stores)
    puts = tuple(put for _, put in stores)
    fixed = {name for name, held in defaults.items() if not isinstance(held, _Fresh)}
    rests = {
        count: tuple(defaults[name] for name in names[count:])
        for count in range(len(names) + 1)
        if all(name in fixed for name in names[count:])
    }

    def __init__(self: Any, *placed: Any, **given: Any) -> None:  # noqa: N807
        rest = None if given else rests.get(len(placed))
        if rest is not None:  # the usual call, and the quick way
            own.count()
            for put, held in zip(puts, placed + rest, strict=True):
                put(self, held)
            return
        if len(placed) > len(names):
            raise _misuse(self, f"it has {len(names)} fields, not {len(placed)}")
        first = dict(zip(names, placed, strict=False))
        for name in first.keys() & given.keys():
            raise _misuse(self, f"'{name}' is given twice")
        fill(self, **first, **given)

    return __init__


def _misuse(self: object, problem: str) -> TypeError:
    return TypeError(f"cannot make {self.__class__.__qualname__}: {problem}")


def _representation(names: tuple[str, ...], row: _Row) -> Callable[[object], str]:
    def __repr__(self: object) -> str:  # noqa: N807
        shown = (f"{name}={held!r}" for name, held in zip(names, row(self), strict=True))
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    return __repr__


def _compared(
    row: _Row, compare: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]
) -> Callable[[object, object], Any]:
    def compared(self: object, other: object) -> Any:
        if other.__class__ is self.__class__:
            return compare(row(self), row(other))
        return NotImplemented

    return compared


def _refused(verb: str) -> Callable[..., Never]:
    def refused(_: object, name: str, *__: object) -> Never:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot {verb} field '{name}'")

    return refused


def _copied(row: _Row, stores: _Stores) -> dict[str, Callable[..., Any]]:
    """What `copy` and `pickle` ask of a class that cannot be assigned to."""

    def kept(self: object) -> tuple[Any, ...]:
        return row(self)

    def restore(self: object, state: tuple[Any, ...]) -> None:
        for (_, store), held in zip(stores, state, strict=True):
            store(self, held)

    return {"__getstate__": kept, "__setstate__": restore}


class _Likeness:
    """What `dataclasses` and `inspect` ask a class for: made by them when they first ask."""

    def __init__(
        self, name: str, defaults: Mapping[str, Any], *, kw_only: bool, order: bool
    ) -> None:
        self._name = name
        self._defaults = defaults
        self._kw_only = kw_only
        self._order = order

    def __get__(self, _: object, owner: type[Any]) -> Any:
        from dataclasses import field, make_dataclass
        from inspect import signature

        fields: list[Any] = []
        for name, kind in owner.__annotations__.items():
            held = self._defaults.get(name, self)
            if isinstance(held, _Fresh):
                fields.append((name, kind, field(default_factory=held.make)))
            else:
                fields.append((name, kind) if held is self else (name, kind, field(default=held)))
        alike: Any = make_dataclass(
            owner.__name__, fields, frozen=True, kw_only=self._kw_only, order=self._order
        )
        owner.__dataclass_fields__ = alike.__dataclass_fields__
        owner.__dataclass_params__ = alike.__dataclass_params__
        owner.__signature__ = signature(alike)
        return getattr(owner, self._name)
