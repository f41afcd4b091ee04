"""Looking at the shown model beside training, without taking much from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.insight.diagnostics import diagnose
from gui.jobs.worker import LatestJob
from gui.session.run_state import ShownDiagnosis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Split
    from gui.jobs.mailbox import Mailbox

DIAGNOSIS_SLOT = "diagnosis"
_REST = 5.0
"""After each look five times as long a rest: at most a sixth of a core is taken from training."""


def make_diagnoser(mailbox: Mailbox) -> LatestJob:
    """Return the job that answers (weights, split, n_worst) with a :class:`ShownDiagnosis`."""
    return LatestJob("diagnosis", mailbox, DIAGNOSIS_SLOT, _diagnose, rest=_REST)


def _diagnose(request: tuple[NDArray[Any], Split, int]) -> ShownDiagnosis:
    weights, split, n_worst = request
    return ShownDiagnosis(weights, split, diagnose(weights, split, n_worst))
