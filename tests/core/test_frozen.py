"""What `frozen` makes behaves as what `dataclasses` makes, but for what a start costs."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from dataclasses import (
    FrozenInstanceError,
    asdict,
    astuple,
    dataclass,
    field,
    fields,
    is_dataclass,
)
from dataclasses import replace as standard_replace
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.frozen import by_place, fresh, frozen, replace


@frozen
class Ours:
    """A value."""

    name: str
    count: int = 1
    held: dict[str, int] = fresh(default_factory=dict)

    @property
    def twice(self) -> int:
        return 2 * self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A value."""

    name: str
    count: int = 1
    held: dict[str, int] = field(default_factory=dict)


@frozen(kw_only=False, order=True)
class OurPair:
    """Two numbers."""

    left: int
    right: int = 0


@dataclass(frozen=True, slots=True, order=True)
class StandardPair:
    """Two numbers."""

    left: int
    right: int = 0


@frozen
class Nothing:
    """A value without fields."""


@frozen
class Single:
    """A value with one field."""

    only: tuple[int, ...]


@frozen(slots=False)
class Open:
    """A value with room for what it has found out."""

    number: int

    @cached_property
    def square(self) -> int:
        return self.number**2


KINDS = [(Ours, Standard), (OurPair, StandardPair)]
arguments = st.dictionaries(st.sampled_from(["name", "count", "held", "other"]), st.integers())
numbers = st.integers(-3, 3)


def outcome(make, *placed, **named):
    """What comes of a call: the fields of what it makes, or the error."""
    try:
        return astuple(make(*placed, **named))
    except TypeError:
        return TypeError


@given(arguments, st.lists(numbers, max_size=2))
def test_the_same_calls_are_accepted(named, placed):
    assert outcome(Ours, *placed, **named) == outcome(Standard, *placed, **named)


@given(st.lists(numbers, max_size=3), st.dictionaries(st.sampled_from(["left", "right"]), numbers))
def test_the_same_calls_by_place_are_accepted(placed, named):
    assert outcome(OurPair, *placed, **named) == outcome(StandardPair, *placed, **named)


@given(numbers, numbers, numbers, numbers)
def test_values_are_equal_and_in_order_as_their_fields_are(a, b, c, d):
    one, two = OurPair(a, b), OurPair(c, d)
    other, another = StandardPair(a, b), StandardPair(c, d)

    assert (one == two, one != two) == (other == another, other != another)
    assert (one < two, one <= two) == (other < another, other <= another)
    assert (one > two, one >= two) == (other > another, other >= another)
    assert len({one, two}) == len({other, another})
    assert hash(one) == hash(other)


def test_values_of_two_classes_are_never_equal_nor_in_order():
    assert OurPair(1, 2) != StandardPair(1, 2)
    assert OurPair(1, 2) != (1, 2)
    with pytest.raises(TypeError):
        assert OurPair(1, 2) < StandardPair(3, 4)
    with pytest.raises(TypeError):
        assert Ours(name="a") < Ours(name="b")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "cannot make Ours: it lacks 'name'"),
        ({"name": "a", "size": 1}, "cannot make Ours: it has no 'size'"),
    ],
)
def test_a_call_that_does_not_fit_says_what_is_wrong(named, said):
    with pytest.raises(TypeError, match=f"^{said}$"):
        made_anew(Ours)(**named)


def test_a_field_that_is_given_twice_is_refused():
    pair = made_anew(OurPair)

    with pytest.raises(TypeError, match=r"^cannot make OurPair: 'left' is given twice$"):
        pair(1, left=1)
    with pytest.raises(TypeError, match=r"^cannot make OurPair: it has 2 fields, not 3$"):
        pair(1, 2, 3)


def made_anew(cls):
    """A class with the same fields, of which there are no values yet."""
    defaults = {
        Ours: {"count": 1, "held": fresh(default_factory=dict)},
        OurPair: {"right": 0},
        Open: {},
    }
    plain = type(cls.__name__, (), {"__annotations__": cls.__annotations__, **defaults[cls]})
    return frozen(kw_only=cls is not OurPair, slots=cls is not Open)(plain)


@pytest.mark.parametrize("cls", [Ours, OurPair])
def test_a_class_of_many_values_takes_the_same_calls_as_one_of_few(cls):
    ways = [
        ((), {"name": "a"}),
        ((), {"name": "a", "count": 2}),
        ((1,), {}),
        ((1, 2), {}),
        ((), {}),
    ]
    ways += [((1,), {"right": 3}), ((1,), {"left": 3}), ((1, 2, 3), {}), ((), {"left": 1, "x": 2})]
    ways += [((), {"name": "a", "held": {"b": 1}}), ((), {"name": "a", "x": 1}), ((), {"right": 1})]
    made = made_anew(cls)
    few = [outcome(made, *placed, **named) for placed, named in ways]
    first = made.__init__

    for number in range(300):
        made(**{"name": "a"} if cls is Ours else {"left": number})

    assert made.__init__ is not first
    assert [outcome(made, *placed, **named) for placed, named in ways] == few
    if cls is Ours:
        assert made(name="a").held is not made(name="a").held


@pytest.mark.parametrize("made", [Ours(name="a"), OurPair(1, 2), Open(number=3)])
def test_nothing_can_be_changed(made):
    name = fields(made)[0].name

    with pytest.raises(FrozenInstanceError, match=f"^cannot assign to field '{name}'$"):
        setattr(made, name, 4)
    with pytest.raises(FrozenInstanceError, match=f"^cannot delete field '{name}'$"):
        delattr(made, name)
    with pytest.raises(FrozenInstanceError):
        made.other = 4


def test_there_is_no_dictionary_where_there_are_slots():
    assert not hasattr(Ours(name="a"), "__dict__")
    assert Ours.__slots__ == ("name", "count", "held")


def test_what_has_no_slots_can_remember():
    made = Open(number=3)

    assert (made.square, made.square) == (9, 9)
    assert made == Open(number=3)


def test_a_default_that_is_made_anew_is_not_shared():
    one, two = Ours(name="a"), Ours(name="a")
    one.held["x"] = 1

    assert (one.held, two.held) == ({"x": 1}, {})


def test_a_default_that_would_be_shared_is_refused():
    with pytest.raises(TypeError, match=r"^all values would share the default of 'held': use"):

        @frozen
        class Shared:
            held: list[int] = []  # noqa: RUF012


def test_a_field_of_dataclasses_is_refused():
    with pytest.raises(TypeError, match=r"^the default of 'number' is a field of dataclasses: use"):

        @frozen
        class Mixed:
            number: int = field(default=0, compare=False)


def test_values_are_shown_as_dataclasses_are():
    assert repr(OurPair(1, 2)) == "OurPair(left=1, right=2)"
    assert repr(Ours(name="a")) == repr(Standard(name="a")).replace("Standard", "Ours")
    assert repr(Nothing()) == "Nothing()"


@pytest.mark.parametrize(
    "made", [Ours(name="a", held={"x": 1}), OurPair(1), Nothing(), Single(only=()), Open(number=3)]
)
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_are_equal(made, again):
    assert again(made) == made


def test_a_value_of_one_field_or_none_is_compared_as_others_are():
    assert Single(only=(1,)) == Single(only=(1,)) != Single(only=(2,))
    assert hash(Single(only=(1,))) == hash(Single(only=(1,)))
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_a_match_takes_a_value_apart():
    match OurPair(1, 2):
        case OurPair(left, right=right):
            assert (left, right) == (1, 2)
    match Ours(name="a"):
        case Ours(name=name):
            assert name == "a"
    assert (Ours.__match_args__, OurPair.__match_args__) == ((), ("left", "right"))


@pytest.mark.parametrize("change", [replace, standard_replace])
def test_one_field_can_be_replaced(change):
    assert change(Ours(name="a", count=2), count=3) == Ours(name="a", count=3)
    assert change(Open(number=1), number=2).square == 4
    with pytest.raises(TypeError):
        change(Ours(name="a"), size=1)


@pytest.mark.parametrize(("ours", "standard"), KINDS)
def test_dataclasses_and_inspect_take_it_for_their_own(ours, standard):
    def told(kind):
        return [(one.name, one.type, one.default, one.kw_only) for one in fields(kind)]

    assert is_dataclass(ours)
    assert told(ours) == told(standard)
    assert inspect.signature(ours) == inspect.signature(standard)
    assert ours.__dataclass_params__.order == standard.__dataclass_params__.order


def test_values_become_dictionaries():
    made = Ours(name="a", held={"x": 1})

    assert asdict(made) == {"name": "a", "count": 1, "held": {"x": 1}}


def test_the_class_keeps_its_name_its_words_and_its_methods():
    assert (Ours.__name__, Ours.__qualname__, Ours.__doc__) == ("Ours", "Ours", "A value.")
    assert Ours.__module__ == __name__
    assert Ours(name="a", count=2).twice == 4


def test_making_and_using_values_loads_neither_dataclasses_nor_typing():
    program = (
        "import sys\nfrom policyctl.core.finding import Finding, Severity, Span\n"
        "made = Finding(code='a', severity=Severity.ERROR, message='b', span=Span(1, 2, 3, 4))\n"
        "assert made == made and repr(made) and {made}\n"
        "print({'dataclasses', 'inspect', 'typing'} & set(sys.modules))\n"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, encoding="utf-8", check=True
    )

    assert done.stdout == "set()\n"


@pytest.mark.parametrize("cls", [Ours, OurPair])
def test_values_made_by_place_are_those_of_the_class(cls):
    given = ("a", 2, {"b": 3})[: len(fields(cls))] if cls is Ours else (1, 2)

    found = by_place(cls)(*given)

    assert found == cls(**dict(zip(cls.__annotations__, given, strict=True)))
    assert type(found) is cls
    assert (copy.copy(found), pickle.loads(pickle.dumps(found))) == (found, found)
    with pytest.raises(FrozenInstanceError):
        found.name = "b"
    with pytest.raises(TypeError):
        by_place(cls)(*given[:-1])


def test_what_is_made_by_place_can_remember_where_there_are_no_slots():
    found = by_place(Open)(3)

    assert (found, found.square) == (Open(number=3), 9)
    assert found.square == 9


@pytest.mark.parametrize("cls", [Ours, OurPair, Open])
def test_a_class_of_many_values_makes_them_as_unchangeable_as_the_first(cls):
    made = made_anew(cls)
    name = next(iter(cls.__annotations__))
    values = [made(**{name: number}) for number in range(300)]

    assert {type(value) for value in values} == {made}
    for value in (values[0], values[-1]):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 0)
