"""What is told where a run begins: which it is, what of the others stays, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.learning.records import Divergence
    from gui.session.runs import RunEntry


def capital(words: str) -> str:
    """Return words as a sentence begins."""
    return words[:1].upper() + words[1:]


def fork_words(parent: RunEntry, epoch: int, waiting: Sequence[str]) -> str:
    """Say what a branch would be: from where, and what of the form it would take along."""
    waits = "waits" if len(waiting) == 1 else "wait"
    but = f", but {', '.join(waiting)}, which {waits}" if waiting else ""
    return f"A new run goes on from epoch {epoch} of {parent.name}, held, with its settings{but}"


def branch_words(mine: RunEntry, parent: RunEntry | None, epoch: int, waited: Sequence[str]) -> str:
    """Say where a branch begins, and with what of the form."""
    whose = "" if parent is None else f" of {parent.name}"
    taken = f" with {', '.join(waited)}" if waited else " with its settings"
    return (
        f"{capital(mine.name)} goes on from epoch {epoch}{whose}{taken}, held: change what you "
        "like, then play. Start again begins at epoch 0."
    )


def again_words(
    mine: RunEntry, before: RunEntry, waited: Sequence[str] | None, *, is_kept: bool
) -> str:
    """Say that Play at the end of a run has begun another.

    Parameters
    ----------
    before : the run shown, of which it has the settings
    waited : what the form had for it, in words; None for nothing
    """
    name, other = capital(printable(mine.name)), printable(before.name)
    if waited is None:
        kept = ", which is kept" if is_kept else ""
        return f"{name} begins at epoch 0 with the settings and the seed of {other}{kept}."
    kept = f" {capital(other)} is kept." if is_kept else ""
    return f"{name} begins at epoch 0 with {', '.join(waited) or 'other images'}.{kept}"


def away_words(run: RunEntry | None, event: Divergence) -> str:
    """Say which run diverged, where, and what to do: another may be shown by then."""
    words = str(event)
    name = "" if run is None else capital(printable(run.name))
    return f"{name} {words[:1].lower()}{words[1:]}" if name else words


def gone_words(gone: RunEntry | None, *, has_moved: bool) -> str:
    """Say which run is in the list no more, and why; empty for one that never moved.

    Parameters
    ----------
    gone : the run; None where all stay
    has_moved : whether the run that was live had begun to learn
    """
    if gone is None or not has_moved:
        return ""
    return f"{capital(printable(gone.name))} is not kept: it had not learnt one whole epoch."
