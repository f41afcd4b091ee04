"""What a person has made that would be lost if the window were closed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gui.session.session import Session
    from gui.shared.page import Page


def _counted(n: int, one: str, more: str = "") -> str:
    """Return ``1 run``, ``2 runs``."""
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def lost_words(session: Session, pages: Iterable[Page]) -> str:
    """Say what would be lost; empty for nothing that one start does not bring back."""
    learnt = [entry for entry in session.runs.entries if len(entry.run.history) > 1]
    n_forks = sum(entry.run.branch is not None for entry in learnt)
    full = session.wanted.full_dataset
    n_added = 0 if full is None else full.n_extra
    lost = []
    if len(learnt) > 1:
        forks = f" ({_counted(n_forks, 'branch', 'branches')})" if n_forks else ""
        lost.append(f"{_counted(len(learnt), 'run')}{forks}")
    if session.runs.bands:
        lost.append(f"{_counted(len(session.runs.bands), 'repetition')} with other seeds")
    if n_added:
        lost.append(_counted(n_added, "drawn training image"))
    lost += [words for page in pages for words in page.would_be_lost()]
    *others, last = lost or [""]
    return f"{', '.join(others)} and {last}" if others else last
