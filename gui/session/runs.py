"""The list of runs: the live one, those before it, and repetitions with other seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.learning.history import SNAPSHOT_BYTES

if TYPE_CHECKING:
    from core.data.config import DataConfig
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand
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
    name, is_visible : how it is shown
    colour : its place in the theme's ``runs``, its own for good: see :meth:`RunList.colour_of`
    notes : what a person wrote about it
    is_touched : whether a person did anything to it: then it is not tidied away
    """

    run: Run
    name: str
    colour: int
    is_visible: bool = True
    notes: str = ""
    is_touched: bool = False

    @property
    def key(self) -> int:
        """The number of the run."""
        return self.run.key


@dataclass(frozen=True, slots=True, eq=False)
class BandEntry:
    """A run repeated with other seeds, as it stands in the list below the runs.

    Attributes
    ----------
    key : a number that neither a run nor another band has
    band : what came of it so far
    run : the one that was repeated
    name, colour, is_visible, notes : as of :class:`RunEntry`
    """

    key: int
    band: SeedBand
    run: Run
    name: str
    colour: int
    is_visible: bool = True
    notes: str = ""


Entry = RunEntry | BandEntry


class RunList(QObject):
    """All runs in the order of the list, and which of them is live, shown, or the reference."""

    changed = Signal()
    """Names, colours, order, visibility, or which runs there are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[int | None, Entry] = {}
        """By their keys: the runs in the order of the list, and the bands below them."""
        self.live_key: int | None = None
        self.reference_key: int | None = None
        self._shown_key: int | None = None
        self._removed: list[tuple[int, Entry, bool]] = []
        self._n_begun = self._n_named = 0
        self.has_moved = False
        """Whether the live run has learnt from a batch."""

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """The runs in the order of the list."""
        return tuple(e for e in self._entries.values() if isinstance(e, RunEntry))

    @property
    def bands(self) -> tuple[BandEntry, ...]:
        """The bands in the order of the list."""
        return tuple(e for e in self._entries.values() if isinstance(e, BandEntry))

    def _list(self, *entries: Entry) -> None:
        """List these, bands below the runs."""
        below = sorted(entries, key=lambda entry: isinstance(entry, BandEntry))
        self._entries = {entry.key: entry for entry in below}

    def any(self, key: int | None) -> Entry | None:
        """Return the entry of a run or band, or None."""
        return self._entries.get(key)

    def entry(self, key: int | None) -> RunEntry | None:
        """Return the entry of a run, or None."""
        entry = self._entries.get(key)
        return entry if isinstance(entry, RunEntry) else None

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
        # Every view asks many times a frame.
        entry = self.entry(self._shown_key) or self.entry(self.live_key)
        return None if entry is None else entry.run

    @property
    def shown_key(self) -> int | None:
        """The number of the run shown."""
        return None if (run := self.shown) is None else run.key

    @property
    def is_live_shown(self) -> bool:
        """Whether the run shown is the one being trained."""
        return self.shown is self.live

    def bands_on(self, data_config: DataConfig, reading: ReadingConfig) -> list[BandEntry]:
        """Return the bands on those data."""
        return [entry for entry in self.bands if entry.run.is_on(data_config, reading)]

    def on(self, data_config: DataConfig, reading: ReadingConfig) -> list[RunEntry]:
        """Return the runs on those data: only they can be compared."""
        return [entry for entry in self.entries if entry.run.is_on(data_config, reading)]

    def of_same_data(self, run: Run) -> bool:
        """Whether a run learnt the data of the run shown: only then can one be the better."""
        shown = self.shown
        return shown is None or run.is_on(shown.data_config, shown.reading)

    def next_key(self) -> int:
        """Return a number no run has had."""
        self._n_begun += 1
        return self._n_begun

    def begin(self, run: Run) -> RunEntry | None:
        """Add a run that begins, live and shown; return the one that goes: see :meth:`_spare`."""
        if run.branch is not None:
            self._touch(run.branch.parent)  # first: it may be the one that would be tidied away
        number, gone = self._next_number, self._spare()
        if gone is not None:
            del self._entries[gone.key]
        if self.entry(self.reference_key) is None:
            self.reference_key = None
        self._n_named, self.has_moved = number, False
        mine = RunEntry(run, f"run {number}", self._free_colour())
        self._list(*self._entries.values(), mine)
        self.live_key, self._shown_key = run.key, None
        self._hide_oldest()
        self._share_memory()
        self.changed.emit()
        return gone

    def _spare(self) -> RunEntry | None:
        """Return what goes when another run begins: the live one, if it learnt no whole epoch.

        A run with the very settings of another stays, too. What a person touched stays.
        """
        old = self.entry(self.live_key)
        if old is None or len(old.run.history) > 1:
            return None
        return None if old.is_touched and old.run.history.records else old

    @property
    def next_name(self) -> str:
        """The name that a run gets that begins now."""
        return f"run {self._next_number}"

    def keeps(self, entry: RunEntry) -> bool:
        """Whether a run stays in the list when another begins."""
        return entry is not self._spare()

    @property
    def _next_number(self) -> int:
        """A number that no run had, but one that goes without having moved."""
        number, taken = self._n_named, {e.name for e in self._all()}
        spare = self._spare()
        if not self.has_moved and spare is not None and spare.name == f"run {number}":
            return number
        number += 1
        while f"run {number}" in taken:
            number += 1
        return number

    def _free_colour(self) -> int:
        """Return the colour least used, also by what can be put back, the first of those."""
        present = [entry.colour for entry in self._all()]
        used = [present.count(colour) for colour in range(_N_COLOURS)]
        return used.index(min(used))

    def _colour_for(self, run: Run) -> int:
        """Return the colour of what is repeated of a run: that of the run, while it is known."""
        own = [entry.colour for entry in self._all() if entry.key == run.key]
        return own[0] if own else self._free_colour()

    def colour_of(self, entry: Entry) -> str:
        """Return the colour of a run or band everywhere: a name for ``Theme.colour``.

        The run shown is "train"; every other keeps one colour of the palette, also while it is
        removed. A band has that of its run, and is told from it by its shape; it never is "train":
        both may lie on each other.
        """
        is_shown = isinstance(entry, RunEntry) and entry.run is self.shown
        return "train" if is_shown else f"run {entry.colour}"

    def _hide_oldest(self) -> None:
        """Keep the picture readable; whatever a person has shown or pinned stays."""
        visible = [e for e in self.entries if e.is_visible and e.key != self.live_key]
        spare = [e for e in visible if not e.is_touched and e.key != self.reference_key]
        for entry in spare[: max(len(visible) - MOST_VISIBLE, 0)]:
            self._entries[entry.key] = replace(entry, is_visible=False)

    def _share_memory(self) -> None:
        """Give each run an equal part of the memory for weights."""
        histories = {id(entry.run): entry.run.history for entry in self._all()}
        each = ALL_SNAPSHOT_BYTES // len(histories)
        for history in histories.values():
            history.limit(min(SNAPSHOT_BYTES, each))

    def _all(self) -> list[Entry]:
        """Return what is in the list and what can be put back."""
        return [*self._entries.values(), *(entry for _, entry, _ in self._removed)]

    def _change(self, entry: Entry, **changes: Any) -> None:
        """Do what a person wants with an entry."""
        if isinstance(entry, RunEntry):
            changes["is_touched"] = True
        self._entries[entry.key] = replace(entry, **changes)
        self.changed.emit()

    def _touch(self, key: int) -> None:
        entry = self.entry(key)
        if entry is not None:
            self._entries[key] = replace(entry, is_touched=True)

    def show_band(self, key: int, band: SeedBand, run: Run, name: str) -> None:
        """Add a band, or put what came of it since in its place."""
        entry = self.any(key)
        if isinstance(entry, BandEntry):
            self._entries[key] = replace(entry, band=band)
        else:
            self._entries[key] = BandEntry(key, band, run, name, self._colour_for(run))
        self.changed.emit()

    def show_run(self, key: int | None) -> None:
        """Make every view show this run; None for the live one. The session tells of it."""
        self._shown_key = None if key == self.live_key else key

    def rename(self, key: int, name: str) -> None:
        """Give a run another name; one of nothing but blanks is none."""
        entry, name = self.any(key), name.strip()
        if entry is not None and name and name != entry.name:
            self._change(entry, name=name)

    def write_notes(self, key: int, notes: str) -> None:
        """Keep what a person writes about a run."""
        entry, notes = self.any(key), notes.strip()
        if entry is not None and notes != entry.notes:
            self._change(entry, notes=notes)

    def set_visible(self, key: int, is_visible: bool) -> None:
        """Draw the curves of a run, or do not."""
        entry = self.any(key)
        if entry is not None and entry.is_visible != is_visible:
            self._change(entry, is_visible=is_visible)

    def set_colour(self, key: int, colour: int) -> None:
        """Draw a run in another colour of the theme's."""
        entry = self.any(key)
        if entry is not None:
            self._change(entry, colour=colour % _N_COLOURS)

    def pin(self, key: int | None) -> None:
        """Make a run the reference that others are measured against; None for none."""
        self.reference_key = key
        entry = self.entry(key)
        if entry is not None:
            self._entries[key] = replace(entry, is_touched=True, is_visible=True)
        self.changed.emit()

    def remove(self, key: int) -> Entry | None:
        """Take a run or band off the list and return it; the live run stays."""
        entry = self.any(key)
        if entry is None or key == self.live_key:
            return None
        was_reference = self.reference_key == key
        alike = [e for e in self._entries.values() if type(e) is type(entry)]
        self._removed.append((alike.index(entry), entry, was_reference))
        del self._removed[:-_MOST_REMOVED]
        del self._entries[key]
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

    def undo_remove(self) -> Entry | None:
        """Put the run or band removed last back where it was, and return it."""
        if not self._removed:
            return None
        place, entry, was_reference = self._removed.pop()
        alike = [e for e in self._entries.values() if type(e) is type(entry)]
        others = [e for e in self._entries.values() if e not in alike]
        self._list(*others, *alike[:place], entry, *alike[place:])
        if was_reference and self.reference_key is None:
            self.reference_key = entry.key
        self.changed.emit()
        return entry
