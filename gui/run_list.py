"""The list of runs: the live one, those before it, and repetitions with other seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.history import SNAPSHOT_BYTES

if TYPE_CHECKING:
    from core.data_config import DataConfig
    from core.runs import Run
    from core.sources.reading import ReadingConfig

ALL_SNAPSHOT_BYTES = 512 * 2**20
"""So much may the weights kept of all runs take; each gets an equal part."""

MOST_VISIBLE = 8
"""A run that begins hides the oldest of so many visible ones: more curves at once are a haze."""

_N_COLOURS = 8
_MOST_REMOVED = 20
"""So many removals can be undone."""


@dataclass(frozen=True, slots=True, eq=False)
class RunEntry:
    """A run as it stands in the list.

    Attributes
    ----------
    run : what it is
    name, colour, is_visible : how it is shown; ``colour`` is a place in the theme's ``runs``
    is_touched : whether a person did anything to it: then it is not tidied away
    """

    run: Run
    name: str
    colour: int
    is_visible: bool = True
    is_touched: bool = False

    @property
    def key(self) -> int:
        """The number of the run."""
        return self.run.key


class RunList(QObject):
    """All runs in the order of the list, and which of them is live, shown, or the reference."""

    changed = Signal()
    """Names, colours, order, visibility, or which runs there are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[RunEntry, ...] = ()
        self.live_key: int | None = None
        self.reference_key: int | None = None
        self._shown_key: int | None = None
        self._removed: list[tuple[int, RunEntry, bool]] = []
        self._n_begun = 0

    # ------------------------------------------------------------------ what there is

    def entry(self, key: int | None) -> RunEntry | None:
        """Return the entry of a run, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def run(self, key: int | None) -> Run | None:
        """Return a run, or None."""
        entry = self.entry(key)
        return None if entry is None else entry.run

    @property
    def live(self) -> Run | None:
        """The run that is being trained."""
        return self.run(self.live_key)

    @property
    def shown(self) -> Run | None:
        """The run that every view shows: the live one unless another was chosen."""
        return self.run(self._shown_key) or self.live

    @property
    def shown_key(self) -> int | None:
        """The number of the run shown."""
        return None if self.shown is None else self.shown.key

    @property
    def is_live_shown(self) -> bool:
        """Whether the run shown is the one being trained."""
        return self.shown is self.live

    @property
    def earlier(self) -> list[Run]:
        """All runs but the live one, in the order in which they began."""
        return sorted(
            (entry.run for entry in self.entries if entry.key != self.live_key),
            key=lambda run: run.key,
        )

    def on(self, data_config: DataConfig, reading: ReadingConfig) -> list[RunEntry]:
        """Return the runs on those data: only they can be compared."""
        return [entry for entry in self.entries if entry.run.is_on(data_config, reading)]

    # ------------------------------------------------------------------ beginning

    def next_key(self) -> int:
        """Return a number no run has had."""
        self._n_begun += 1
        return self._n_begun

    def begin(self, run: Run) -> None:
        """Add a run that begins, live and shown; the one before it goes if it tells nothing."""
        self._tidy()
        if run.branch is not None:
            self._touch(run.branch.parent)
        self.entries += (RunEntry(run, self._free_name(), self._free_colour()),)
        self.live_key, self._shown_key = run.key, None
        self._hide_oldest()
        self._share_memory()
        self.changed.emit()

    def _tidy(self) -> None:
        """Drop the run that was live if nothing was learnt in it, and of twins the shorter."""
        old = self.entry(self.live_key)
        if old is None:
            return
        n_learnt = len(old.run.history)
        others = [e for e in self.entries if e is not old] if n_learnt > 1 else []
        twins = [e for e in others if e.run.is_twin_of(old.run)]
        longer = any(len(e.run.history) >= n_learnt for e in twins)
        gone = [old] if n_learnt <= 1 or longer else twins
        self.entries = tuple(e for e in self.entries if e not in gone or e.is_touched)

    def _free_name(self) -> str:
        taken = {e.name for e in self.entries} | {e.name for _, e, _ in self._removed}
        number = 1 + sum(name.startswith("run ") for name in taken)
        while f"run {number}" in taken:
            number += 1
        return f"run {number}"

    def _free_colour(self) -> int:
        """Return the colour least used, the first of those."""
        used = [sum(e.colour == colour for e in self.entries) for colour in range(_N_COLOURS)]
        return used.index(min(used))

    def _hide_oldest(self) -> None:
        """Keep the picture readable; whatever a person has shown or pinned stays."""
        visible = [e for e in self.entries if e.is_visible and e.key != self.live_key]
        spare = [e for e in visible if not e.is_touched and e.key != self.reference_key]
        for entry in spare[: max(len(visible) - MOST_VISIBLE, 0)]:
            self._put(replace(entry, is_visible=False))

    def _share_memory(self) -> None:
        """Give each run an equal part of the memory for weights."""
        each = ALL_SNAPSHOT_BYTES // (len(self.entries) + len(self._removed))
        for entry in (*self.entries, *(entry for _, entry, _ in self._removed)):
            entry.run.history.limit(min(SNAPSHOT_BYTES, each))

    def _put(self, entry: RunEntry) -> None:
        """Put an entry in the place of the one with its key."""
        self.entries = tuple(entry if e.key == entry.key else e for e in self.entries)

    def _touch(self, key: int) -> None:
        entry = self.entry(key)
        if entry is not None:
            self._put(replace(entry, is_touched=True))

    # ------------------------------------------------------------------ what a person does

    def show_run(self, key: int | None) -> None:
        """Make every view show this run; None for the live one."""
        self._shown_key = None if key == self.live_key else key
        self.changed.emit()

    def rename(self, key: int, name: str) -> None:
        """Give a run another name; one of nothing but blanks is none."""
        entry, name = self.entry(key), name.strip()
        if entry is not None and name and name != entry.name:
            self._put(replace(entry, name=name, is_touched=True))
            self.changed.emit()

    def set_visible(self, key: int, is_visible: bool) -> None:
        """Draw the curves of a run, or do not."""
        entry = self.entry(key)
        if entry is not None and entry.is_visible != is_visible:
            self._put(replace(entry, is_visible=is_visible, is_touched=True))
            self.changed.emit()

    def set_colour(self, key: int, colour: int) -> None:
        """Draw a run in another colour of the theme's."""
        entry = self.entry(key)
        if entry is not None:
            self._put(replace(entry, colour=colour % _N_COLOURS, is_touched=True))
            self.changed.emit()

    def move(self, key: int, offset: int) -> None:
        """Move a run up or down in the list."""
        entry = self.entry(key)
        if entry is None:
            return
        others = [e for e in self.entries if e is not entry]
        place = min(max(self.entries.index(entry) + offset, 0), len(others))
        self.entries = (*others[:place], entry, *others[place:])
        self.changed.emit()

    def pin(self, key: int | None) -> None:
        """Make a run the reference that others are measured against; None for none."""
        self.reference_key = key
        if key is not None:
            entry = self.entry(key)
            if entry is not None:
                self._put(replace(entry, is_touched=True, is_visible=True))
        self.changed.emit()

    def remove(self, key: int) -> RunEntry | None:
        """Take a run off the list and return it; the live one stays."""
        entry = self.entry(key)
        if entry is None or key == self.live_key:
            return None
        was_reference = self.reference_key == key
        self._removed.append((self.entries.index(entry), entry, was_reference))
        del self._removed[:-_MOST_REMOVED]
        self.entries = tuple(e for e in self.entries if e is not entry)
        if was_reference:
            self.reference_key = None
        if self._shown_key == key:
            self._shown_key = None
        self.changed.emit()
        return entry

    @property
    def can_undo(self) -> bool:
        """Whether a removed run can be put back."""
        return bool(self._removed)

    def undo_remove(self) -> RunEntry | None:
        """Put the run removed last back where it was, and return it."""
        if not self._removed:
            return None
        place, entry, was_reference = self._removed.pop()
        self.entries = (*self.entries[:place], entry, *self.entries[place:])
        if was_reference and self.reference_key is None:
            self.reference_key = entry.key
        self.changed.emit()
        return entry
