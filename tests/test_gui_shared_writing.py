from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from gui_helpers import wait_until

from core.errors import ReportError
from core.progress import Progress
from gui.shared.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


class Made:
    """Makes a content, and can be seen to be gone."""

    def __call__(self) -> bytes:
        return b"made"


def endless() -> Iterator[Progress]:
    while True:
        yield Progress(1, 2, "frames")


def test_what_was_made_is_not_kept(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    writing, make = Writing(session, session), Made()
    gone = weakref.ref(make)
    writing.save(tmp_path / "file", make)
    del make
    wait_until(qtbot, lambda: writing.progress is None)
    assert (tmp_path / "file").read_bytes() == b"made"
    wait_until(qtbot, lambda: gone() is None)


def test_what_was_ordered_meanwhile_is_made_when_another_is_called_off_or_fails(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    def fail() -> bytes:
        raise ReportError("no room")

    told: list[tuple[str, bool]] = []
    session.messages.notified.connect(lambda words, is_error: told.append((words, is_error)))
    writing, shown = Writing(session, session), []
    writing.changed.connect(lambda: shown.append(writing.progress))
    writing.save(tmp_path / "endless", endless)
    wait_until(qtbot, lambda: 0.5 in shown)
    for name, make in (("failed", fail), ("surprise", lambda: 1 / 0), ("last", lambda: b"last")):
        writing.save(tmp_path / name, make)
    writing.call_off()
    wait_until(qtbot, lambda: writing.progress is None)
    assert shown[-1] is None
    assert told == [("no room", True), (f"Saved {tmp_path / 'last'}", False)]
    assert [file.name for file in tmp_path.iterdir()] == ["last"]
