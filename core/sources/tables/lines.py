"""The lines of a text file, a block of them at a time, whatever its line ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from core.errors import DatasetError
from core.sources import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.sources.streams import Stream

_PIECE_BYTES = 1 << 17
"""A block's numbers stay in the processor's cache, and its lines are few enough to list."""

_UTF8_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MAX_LINES = limits.MAX_IMAGES + 100
"""A header and some blank lines may stand beside the images."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines, each ended by a newline.

    Attributes
    ----------
    label : how errors name the file
    first_line : number of the first line in its file, from 1
    content : the bytes
    """

    label: str
    first_line: int
    content: bytes

    def numbered(self) -> tuple[list[int], list[bytes]]:
        """Return the numbers of the lines that are not blank, and the lines without their ends."""
        lines = self.content.split(b"\n")
        numbers = [self.first_line + i for i, line in enumerate(lines) if line.strip()]
        return numbers, [lines[number - self.first_line] for number in numbers]


def refuse_line(label: str, line: int, what: str) -> NoReturn:
    """Raise the error about a line."""
    raise DatasetError(f"{label}, line {line:,}: {what}")


def blocks(stream: Stream) -> Iterator[Block]:
    r"""Give out the lines of a text; ``\r\n`` and ``\r`` alone end lines too.

    Raises
    ------
    DatasetError
        If a line is too long, there are too many, or it is no text in single bytes or UTF-8.
    """
    piece = stream.read(_PIECE_BYTES)
    if piece[:2] in _WIDE_MARKS:
        raise DatasetError(
            f"{stream.label}: this text is stored as UTF-16; save it as CSV in UTF-8 instead"
        )
    piece = piece.removeprefix(_UTF8_MARK)
    only_returns = b"\n" not in piece and b"\r" in piece[:-1]
    line, rest = 1, b""
    while piece:
        rest += piece.replace(b"\r", b"\n") if only_returns else piece
        if b"\0" in piece:
            line += rest.count(b"\n", 0, rest.index(b"\0"))
            refuse_line(stream.label, line, "a byte of value 0; expected a table of text")
        end = rest.rfind(b"\n") + 1
        if (rest.index(b"\n") if end else len(rest)) > limits.MAX_LINE_BYTES:
            refuse_line(
                stream.label,
                line,
                f"longer than {limits.MAX_LINE_BYTES:,} bytes; expected one image in each line",
            )
        if end:
            content, rest = rest[:end], rest[end:]
            if b"\r" in content:
                content = content.replace(b"\r\n", b"\n")
            yield Block(stream.label, line, content)
            line += content.count(b"\n")
        if line > _MAX_LINES:
            refuse_line(
                stream.label,
                line,
                f"more lines than the {limits.MAX_IMAGES:,} images accepted; open a smaller part",
            )
        piece = stream.read(_PIECE_BYTES)
    if rest:
        yield Block(stream.label, line, rest + b"\n")
