"""The state of a session in words, for the status line and for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import printable
from gui.session.run_state import RunState

if TYPE_CHECKING:
    from gui.session.session import Session


_LONGEST_PATH = 80


def _short(path: str) -> str:
    """Return a path as it fits into a line: its end tells most."""
    words = printable(path)
    return words if len(words) <= _LONGEST_PATH else "..." + words[-_LONGEST_PATH:]


def status_text(session: Session) -> str:
    """Say what is happening, as in ``epoch 23 of 50, learning, 91 epochs/s, test 0.871``."""
    if session.data.opening is not None:
        return f"opening {_short(session.data.opening)} ..."
    if session.data.pending is not None:
        return f"preparing {session.data.pending.full.name} for a new run ..."
    if session.view.run_state is RunState.FAILED:
        return "no run: open data with File > Open, or rewind"
    if session.training.divergence is not None and session.runs.is_live_shown:
        return str(session.training.divergence)
    shown = session.view.shown
    if shown is None or session.view.history is None:
        return "starting ..."
    done = int(session.view.live.progress.place) if session.view.live else 0
    limit = max(session.view.training_config.epochs, done)
    words = [f"epoch {done} of {limit}, {session.view.run_state.value}"]
    if session.view.is_running and session.view.live and session.view.live.epochs_per_second:
        words.append(f"{session.view.live.epochs_per_second:.3g} epochs/s")
    last = shown.record or session.view.history.records[-1]
    entry = None if session.runs.is_live_shown else session.runs.entry(session.runs.shown_key)
    run = "" if entry is None else f"{printable(entry.name)}, "
    scores = f"train {last.train_score:.3f}, test {last.test_score:.3f}"
    if last.validation_score is not None:
        scores += f", validation {last.validation_score:.3f}"
    words.append(scores if shown.live else f"showing {run}epoch {last.epoch}: {scores}")
    return "  ·  ".join(words)
