"""Which images are crafted on the model shown, and what they do to the models of other runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.attack.whole_parts.transfer import Transfer
from gui.jobs.study import Study
from gui.shared.crafting import crafting
from gui.shared.run_models import OfModels, models_of, other_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtCore import QObject, SignalInstance

    from core.attack.whole_parts.transfer import TransferResult
    from core.data.dataset import Split
    from gui.session.session import Session
    from gui.shared.crafting import Crafting


@dataclass(frozen=True, slots=True, eq=False)
class TransferQuestion(OfModels):
    """What is crafted on the first model, and tested on all.

    Attributes
    ----------
    part, split : which images
    n_images : how many of them; 0 for all
    """

    part: str
    split: Split
    crafting: Crafting
    n_images: int


def question(session: Session, n_images: int) -> TransferQuestion | None:
    """Return what is asked now; None where there is no model to craft on."""
    view, attack = session.view, session.attack
    models, part = models_of(view, other_runs(view)), attack.config.part
    # The attack fits its target to other data a moment after they are there.
    if view.dataset is None or not models or (attack.target or 0) >= view.dataset.n_classes:
        return None
    return TransferQuestion(
        models=models,
        part=part,
        split=view.dataset.split(part),
        crafting=crafting(attack),
        n_images=n_images,
    )


def transfer_study(
    session: Session,
    wanted: Callable[[], TransferQuestion | None],
    follows: Iterable[SignalInstance] = (),
    parent: QObject | None = None,
) -> Study[TransferQuestion, TransferResult]:
    """Return what crafts while a person looks."""
    return Study(
        session.view,
        session.pool,
        "crafting images",
        wanted,
        lambda q: Transfer(
            q.weights, q.split, q.crafting.attack, q.crafting.config, q.n_images or None
        ),
        follows=follows,
        tell=0.1,
        parent=parent,
    )
