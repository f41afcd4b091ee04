"""Reading a pickle without running it: a machine that knows data, and seven names.

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

import codecs
import io
import pickletools
import re
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits
from core.sources.pickles.notes import MAX_WORD, Callable_, LongText, build, call, known, text_of
from core.sources.streams import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from core.sources.pickles.notes import Payload
    from core.sources.streams import Stream

_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: "<B",
    pickletools.TAKEN_FROM_ARGUMENT4: "<i",
    pickletools.TAKEN_FROM_ARGUMENT4U: "<I",
    pickletools.TAKEN_FROM_ARGUMENT8U: "<Q",
}
"""How the number of bytes is written that follow."""

_SHORT_BYTES = 1 << 16
"""What is longer is kept as an array, not copied into a bytes object."""

_WORD_BYTES = 10 * MAX_WORD
"""Text of more bytes is no key and no name, and stays undecoded: one letter in it can make it four
times as large. Protocol 0 writes a letter with ten (``\\U0001f600``)."""

_MAX_WORDS_BYTES = 1 << 24
"""Of all words and numbers that are decoded: those of 100,000 keys of 160 letters."""

_MAX_LINE = 1000
"""Of a number or a name written in words."""

_MAX_TEXT = limits.MAX_ELEMENTS
"""Of the values of an array written as one line of text."""

_PIECE_BYTES, _STEPS_AT_A_TIME = 1 << 18, 1 << 13
"""Of a long text, and instructions, until it is told how far it is."""

_ESCAPES = re.compile(rb"(?:[^\\]++|\\(?:[\\'\"nrt]|x[0-9a-fA-F]{2}))*+")
"""What Python 2 writes within quotes."""


class Machine:
    """Executes the instructions of one pickle.

    Parameters
    ----------
    stream : where the pickle begins
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._start = 0
        self._code = b""
        self._n_decoded = 0
        self._n_encoded = 0

    def run(self) -> Generator[Progress, None, Any]:
        """Return what the pickle holds, telling how many bytes are read.

        Raises
        ------
        DatasetError
            If it is damaged, too long, or asks for anything but data and arrays.
        """
        for n in range(limits.MAX_PICKLE_STEPS):
            if n % _STEPS_AT_A_TIME == 0:
                yield Progress(self._stream.tell(), 0, "bytes")
            self._start = self._stream.tell()
            self._code = self._stream.read(1)
            if self._code == b".":
                return self._taken(1)[0]
            if self._code in _PAYLOADS:
                self._stack.append((yield from self._payload(*_PAYLOADS[self._code])))
            elif self._code in _LONG_STEPS:
                self._stack.append((yield from _LONG_STEPS[self._code](self)))
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

    def _refuse(self, what: str) -> NoReturn:
        raise DatasetError(
            f"{self._stream.label}: the pickle has {self._name()} at byte {self._start}, {what}"
        )

    def _name(self) -> str:
        opcode = _OPCODES.get(self._code)
        return f"0x{self._code.hex()}" if opcode is None else opcode.name

    def _damaged(self) -> NoReturn:
        self._refuse("where it makes no sense; the file is damaged: copy or download it again")

    def _cut(self, what: str) -> NoReturn:
        after = f"after {self._stream.tell()} bytes"
        raise damaged(self._stream.label, f"cut short: {what} ends early, {after}")

    def _argument(self, argument: pickletools.ArgumentDescriptor) -> Any:
        """Read a number that belongs to an instruction."""
        in_words = argument.n == pickletools.UP_TO_NEWLINE
        line = self._stream.read_line(_MAX_LINE) + b"\n" if in_words else b""
        try:
            found = argument.reader(io.BytesIO(line) if in_words else self._stream)
            self._count_decoded(self._stream.tell() - self._start)
            return found
        except ValueError:
            return self._damaged() if in_words else self._cut(self._name())

    def _read(self, n: int) -> bytes:
        found = self._stream.read(n)
        return found if len(found) == n else self._cut(self._name())

    def _payload(self, form: str, codec: str) -> Generator[Progress, None, Payload]:
        """Read bytes after their number; text if there is a ``codec``."""
        (n,) = struct.unpack(form, self._read(struct.calcsize(form)))
        if not 0 <= n <= self._stream.most - self._stream.tell():
            self._refuse(
                f"which claims {n:,} bytes; there are {self._stream.most:,} in all. The file is "
                "damaged or a trap: copy or download it again"
            )
        if n <= (_WORD_BYTES if codec else _SHORT_BYTES):
            raw = self._read(n)
            return self._word(raw, codec) if codec else raw
        content = np.empty(n, dtype=np.uint8)
        if (yield from self._stream.fill(content)) < n:
            self._cut(self._name())
        return LongText(content, codec) if codec else content

    def _word(self, raw: bytes, codec: str) -> str:
        self._count_decoded(len(raw))
        try:
            return raw.decode(codec, "surrogatepass" if codec == "utf-8" else "strict")
        except ValueError:
            return self._damaged()

    def _count_decoded(self, n_bytes: int) -> None:
        self._n_decoded += n_bytes
        if self._n_decoded > _MAX_WORDS_BYTES:
            self._refuse(
                f"and words and numbers of more than {_MAX_WORDS_BYTES:,} bytes until here; arrays "
                "need a few. Store them by np.savez"
            )

    def _quoted(self) -> Generator[Progress, None, Payload]:
        """Read a string in quotes, as Python 2 writes it, up to the end of the line."""
        line = yield from self._stream.long_line(_MAX_TEXT)
        at, end, done = 1, len(line) - 1, 0
        if end < 1 or line[0] != line[-1] or line[0] not in b"'\"":
            self._damaged()
        while at < end:
            # Checked here: Python's decoder warns of other escapes, and accepts them. What it makes
            # of a piece is never longer, and takes the place of what has been read.
            match = _ESCAPES.match(line, at, min(at + _PIECE_BYTES, end))
            if match is None or match.end() == at:
                self._damaged()
            raw: bytes = codecs.escape_decode(match[0])[0]
            line[done : done + len(raw)] = raw
            at, done = match.end(), done + len(raw)
            yield Progress(self._stream.tell(), 0, "bytes")
        del line[done:]
        return bytes(line) if done <= _SHORT_BYTES else np.frombuffer(line, dtype=np.uint8)

    def _escaped(self) -> Generator[Progress, None, Payload]:
        line = yield from self._stream.long_line(_MAX_TEXT)
        if len(line) <= _WORD_BYTES:
            return self._word(bytes(line), "raw-unicode-escape")
        return LongText(np.frombuffer(line, dtype=np.uint8), "raw-unicode-escape")

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
        target.extend(items)
        return target

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

    def _global(self) -> Callable_:
        module, name = (self._stream.read_line(_MAX_LINE).decode("utf-8", "replace") for _ in "mn")
        return self._known(module, name)

    def _known(self, module: Any, name: Any) -> Callable_:
        module, name = text_of(module), text_of(name)
        if module is None or name is None:
            self._damaged()
        found = known(module, name)
        if found is None:
            raise DatasetError(
                f"{self._stream.label}: this pickle asks for {module[:60]}.{name[:60]} "
                f"({self._name()} at byte {self._start}); nothing is ever run, and it was not "
                "opened. Expected dictionaries, lists and tuples of NumPy arrays: store the arrays "
                "by np.savez"
            )
        return found

    def _reduced(self) -> Generator[Progress, None, Any]:
        function, arguments = self._taken(2)
        if not isinstance(function, Callable_) or type(arguments) is not tuple:
            self._damaged()
        text = arguments[0] if arguments else None
        if isinstance(text, str | LongText):
            # Each is asked for once; a trap asks for one a thousand times.
            self._n_encoded += len(text if isinstance(text, str) else text.raw)
            if self._n_encoded > self._stream.tell():
                self._refuse("by which it makes more bytes of a text than there are in it")
        with self._noted():
            return (yield from call(function, arguments))

    def _built(self, target: Any, state: Any) -> Any:
        with self._noted():
            build(target, state)
        return target

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
    opcode.code.encode("latin-1"): (_LENGTHS[opcode.arg.n], "utf-8" * ("UNICODE" in opcode.name))
    for opcode in pickletools.opcodes
    if opcode.arg is not None and opcode.arg.n in _LENGTHS and not opcode.name.startswith("LONG")
}
"""Instruction -> how the number of its bytes is written, and how these are text."""

_LONG_STEPS = {b"S": Machine._quoted, b"V": Machine._escaped, b"R": Machine._reduced}
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
    "TUPLE": lambda _, items: tuple(items),
    "EMPTY_LIST": lambda _: [],
    "LIST": lambda _, items: items,
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
    "BUILD": Machine._built,
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


_STEPS = {code: _step(opcode) for code, opcode in _OPCODES.items() if opcode.name in _ACTIONS}
