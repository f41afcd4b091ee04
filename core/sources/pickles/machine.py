"""Reading a pickle without running it: a machine that knows data, and a few names.

A pickle is a program. This machine executes the instructions that build numbers, words, lists,
tuples and dictionaries; where the program asks for something to be imported and called it gets a
stand-in from :mod:`core.sources.pickles.notes`, or the file is refused. Nothing is ever imported,
called or looked up for a file.

What the instructions are called, what they take from the stack and how their numbers are written
is in the standard library's ``pickletools``. Its ``genops`` with a ``pickle.Unpickler`` that finds
an allow-list alone is shorter, but not as safe: ``genops`` copies and decodes every argument (a
single letter in 100 MB of text makes that 670 MB, a number that claims 2 GB takes 1.4 GB), and the
unpickler hashes whatever is to be a key, within C and with no place at which it could be stopped:
pairs of pairs, a thousand deep and each twice the same, take it for ever, 100,000 numbers of one
hash a minute. To see that coming, one would have to follow the stack, as here.
"""

from __future__ import annotations

import pickletools
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.pickles.arguments import LENGTHS, OPCODES, Arguments
from core.sources.pickles.joblib_arrays import holds_objects, read_joblib_array
from core.sources.pickles.notes import (
    Callable_,
    LongText,
    Made,
    Name,
    build,
    call,
    compact,
    known,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from core.sources.streams import Stream

_MAX_LINE = 1000
"""Of a name written in words."""

_STEPS_AT_A_TIME = 1 << 13
"""Instructions, and numbers that come one after the other, until it is told how far it is."""

_MAX_STACK = 1 << 20
"""Values that nothing has taken yet; picklers put a thousand entries of a list there."""

_RUNS = {b"K": re.compile(rb"(?:.K)*.", re.DOTALL), b"G": re.compile(rb"(?:.{8}G)*.{8}", re.DOTALL)}
"""Bytes and floats that follow their first instruction, as in a list of pixels: read together."""

_FEW = 8
"""Numbers that are not worth being held together."""

_ADVICE = {
    "torch": "make each tensor one by .numpy(), and store them by np.savez",
    "tensorflow": "make each tensor one by .numpy(), and store them by np.savez",
    "PIL": "make each picture one by np.asarray, and store them by np.savez",
}
"""What to do with what is often pickled, by its package."""

_FLOAT = np.dtype([("value", ">f8"), ("next", "u1")])


class Machine(Arguments):
    """Executes the instructions of one pickle.

    Parameters
    ----------
    stream : where the pickle begins
    """

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._n_encoded = 0
        self._n_steps = 0
        self._n_numbers = 0
        self._is_inner = False

    def run(self) -> Generator[Progress, None, Any]:
        """Return what the pickle holds, telling how many bytes are read.

        Raises
        ------
        DatasetError
            If it is damaged, too long, or asks for anything but data and arrays.
        """
        told = -_STEPS_AT_A_TIME
        while self._n_steps < limits.MAX_PICKLE_STEPS:
            self._n_steps += 1
            if self._n_steps + self._n_numbers >= told + _STEPS_AT_A_TIME:
                told = self._n_steps + self._n_numbers
                yield Progress(self._stream.tell(), 0, "bytes")
            self._start = self._stream.tell()
            self._code = self._stream.read(1)
            if self._code == b".":
                return self._taken(1)[0]
            if self._code in _PAYLOADS:
                self._stack.append((yield from self._payload(*_PAYLOADS[self._code])))
            elif self._code in _LONG_STEPS:
                self._stack.append((yield from _LONG_STEPS[self._code](self)))
            elif self._code in _RUNS:
                self._run()
            elif self._code in _STEPS:
                self._execute(_STEPS[self._code])
            elif self._code:
                self._refuse("which is no instruction that data need")
            else:
                self._cut("the pickle")
        return self._refuse(
            f"and has more than {limits.MAX_PICKLE_STEPS:,} instructions until here; arrays need "
            "about a hundred. Store them by np.savez"
        )

    def _execute(self, step: _Step) -> None:
        if step.argument is not None:
            operands = [self._argument(step.argument)]
        elif step.takes_mark:
            items = self._since_mark()
            operands = [*self._taken(step.n_taken), items]
        else:
            operands = self._taken(step.n_taken)
        made = step.action(self, *operands)
        if step.pushes:
            self._stack.append(made)

    def _run(self) -> None:
        """Read numbers up to where something else follows, or what is known of the file ends."""
        match = _RUNS[self._code].match(self._stream.peek())
        if match is None:  # what is known ends within it
            return self._execute(_STEPS[self._code])
        raw = self._read(match.end())
        if self._code == b"K":
            values: list[Any] = list(raw[::2])
        else:
            values = np.frombuffer(raw + b"G", dtype=_FLOAT)["value"].tolist()
        self._n_numbers += len(values)
        self._stack += values
        most = limits.MAX_PICKLE_NUMBERS
        if self._n_numbers > most:
            self._refuse(f"and more than {most:,} numbers until here; store them by np.savez")
        if len(self._stack) > _MAX_STACK:
            self._refuse(f"and {len(self._stack):,} values before it that belong to nothing")

    def _taken(self, n: int) -> list[Any]:
        """Return the last ``n`` of the stack, which leave it."""
        start = len(self._stack) - n
        if start < (self._marks[-1] if self._marks else 0):
            self._damaged()
        return self._cut_off(start)

    def _since_mark(self) -> list[Any]:
        return self._cut_off(self._marks.pop()) if self._marks else self._damaged()

    def _cut_off(self, start: int) -> list[Any]:
        found = self._stack[start:]
        del self._stack[start:]
        return found

    def _mark(self) -> None:
        self._marks.append(len(self._stack))

    def _discard(self) -> None:
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self._taken(1)

    def _twice(self, value: Any) -> Any:
        self._stack.append(value)
        return value

    def _put(self, index: int) -> None:
        (value,) = self._taken(1)
        self._stack.append(value)
        self._memo[index] = value  # a dictionary: no index, however large, costs more

    def _memoize(self, value: Any) -> Any:
        self._memo[len(self._memo)] = value
        return value

    def _get(self, index: int) -> Any:
        return self._memo[index] if index in self._memo else self._damaged()

    def _extended(self, target: Any, items: list[Any]) -> list[Any]:
        if type(target) is not list:
            self._damaged()
        target.extend(self._together(items))
        return target

    def _together(self, items: list[Any]) -> list[Any]:
        """Return numbers as one entry that holds them all: they take 8 to 32 times less then."""
        if len(items) < _FEW or (found := compact(items)) is None:
            return items
        return [found]

    def _assigned(self, target: Any, items: list[Any]) -> dict[str, Any]:
        if type(target) is not dict or len(items) % 2:
            self._damaged()
        for key, value in zip(items[::2], items[1::2], strict=True):
            word = self._key(key)
            if word in target:
                self._refuse(f"which says twice what {word!r} is; expected each key once")
            target[word] = value
        return target

    def _key(self, key: Any) -> str:
        # Nothing else: the hash of a deep tuple would exhaust the stack, that of a wide one time.
        if type(key) in (int, bool, float) or key is None:
            return str(key)
        word = text_of(key)
        return self._refuse("with a key that is neither word nor number") if word is None else word

    def _new(self, kind: Any, arguments: Any) -> Any:
        if not isinstance(kind, Callable_ | Name) or arguments != ():
            self._damaged()
        return {} if kind is Callable_.DICTIONARY else Made(kind)

    def _global(self) -> Callable_ | Name:
        module, name = (self._stream.read_line(_MAX_LINE).decode("utf-8", "replace") for _ in "mn")
        return self._known(module, name)

    def _known(self, module: Any, name: Any) -> Callable_ | Name:
        module, name = text_of(module), text_of(name)
        if module is None or name is None:
            self._damaged()
        found = known(module, name)
        if found is None:
            raise DatasetError(
                f"{self._stream.label}: this pickle asks for {module[:60]}.{name[:60]} "
                f"({self._name()} at byte {self._start}); nothing is ever run, and it was not "
                "opened. Expected dictionaries, lists and tuples of NumPy arrays: "
                f"{_ADVICE.get(module.partition('.')[0], 'store the arrays by np.savez')}"
            )
        return found

    def _reduced(self) -> Generator[Progress, None, Any]:
        function, arguments = self._taken(2)
        if not isinstance(function, Callable_ | Name) or type(arguments) is not tuple:
            self._damaged()
        text = arguments[0] if arguments else None
        if isinstance(text, str | LongText):
            # Each is asked for once; a trap asks for one a thousand times.
            self._n_encoded += len(text if isinstance(text, str) else text.raw)
            if self._n_encoded > self._stream.tell():
                self._refuse("by which it makes more bytes of a text than there are in it")
        with self._noted():
            return (yield from call(function, arguments))

    def _built(self) -> Generator[Progress, None, Any]:
        target, state = self._taken(2)
        with self._noted():
            build(target, state)
            if not isinstance(target, Made) or target.kind is not Name.JOBLIB_ARRAY:
                return target
            if not holds_objects(state):
                return (yield from read_joblib_array(state, self._stream))
        return (yield from self._inner())

    def _inner(self) -> Generator[Progress, None, Any]:
        """Run the pickle that is next: joblib writes an array of objects as one of its own."""
        if self._is_inner:
            self._refuse("in a pickle that is within another one; expected none within that")
        inner = Machine(self._stream)
        inner._is_inner = True
        inner._n_steps, inner._n_numbers, inner._n_decoded = (
            self._n_steps,
            self._n_numbers,
            self._n_decoded,
        )
        found = yield from inner.run()
        self._n_steps, self._n_numbers, self._n_decoded = (
            inner._n_steps,
            inner._n_numbers,
            inner._n_decoded,
        )
        return found

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except DatasetError as error:
            self._refuse(f"where {error}; copy the file again, or store the arrays by np.savez")

    def _protocol(self, protocol: int) -> None:
        if protocol > 5:
            self._refuse(f"of protocol {protocol}; expected 0 to 5")


_PAYLOADS = {
    opcode.code.encode("latin-1"): (LENGTHS[opcode.arg.n], "utf-8" * ("UNICODE" in opcode.name))
    for opcode in pickletools.opcodes
    if opcode.arg is not None and opcode.arg.n in LENGTHS and not opcode.name.startswith("LONG")
}
"""Instruction -> how the number of its bytes is written, and how these are text."""

_LONG_STEPS = {
    b"S": Machine._quoted,
    b"V": Machine._escaped,
    b"R": Machine._reduced,
    b"b": Machine._built,
}
"""Instructions that may take long, and tell how far they are: what they push."""

_BY_THEMSELVES = ("MARK", "POP", "GLOBAL")
"""Instructions that find what they need."""

_ACTIONS: dict[str, Callable[..., Any]] = {
    "PROTO": Machine._protocol,
    "FRAME": lambda _, size: None,  # how far to read ahead
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: True,
    "NEWFALSE": lambda _: False,
    **dict.fromkeys(("INT", "BININT", "BININT1", "BININT2"), lambda _, value: value),
    **dict.fromkeys(("LONG", "LONG1", "FLOAT", "BINFLOAT"), lambda _, value: value),
    "MARK": Machine._mark,
    "POP": Machine._discard,
    "POP_MARK": lambda _, items: None,
    "DUP": Machine._twice,
    "EMPTY_TUPLE": lambda _: (),
    **dict.fromkeys(("TUPLE1", "TUPLE2", "TUPLE3"), lambda _, *items: items),
    "TUPLE": lambda machine, items: tuple(machine._together(items)),
    "EMPTY_LIST": lambda _: [],
    "LIST": Machine._together,
    "APPEND": lambda machine, target, item: machine._extended(target, [item]),
    "APPENDS": Machine._extended,
    "EMPTY_DICT": lambda _: {},
    "DICT": lambda machine, items: machine._assigned({}, items),
    "SETITEM": lambda machine, target, key, value: machine._assigned(target, [key, value]),
    "SETITEMS": Machine._assigned,
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), Machine._put),
    "MEMOIZE": Machine._memoize,
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), Machine._get),
    "GLOBAL": Machine._global,
    "STACK_GLOBAL": Machine._known,
    "NEWOBJ": Machine._new,
}
"""What an instruction makes of its number and of what it takes from the stack."""


class _Step(NamedTuple):
    action: Callable[..., Any]
    argument: pickletools.ArgumentDescriptor | None
    n_taken: int
    takes_mark: bool
    pushes: bool


def _step(opcode: pickletools.OpcodeInfo) -> _Step:
    before, after = opcode.stack_before, opcode.stack_after
    alone = opcode.name in _BY_THEMSELVES
    takes_mark = pickletools.markobject in before
    return _Step(
        _ACTIONS[opcode.name],
        None if alone else opcode.arg,
        0 if alone else len(before) - 2 * takes_mark,
        takes_mark,
        bool(after) and pickletools.markobject not in after,
    )


_STEPS = {code: _step(opcode) for code, opcode in OPCODES.items() if opcode.name in _ACTIONS}
