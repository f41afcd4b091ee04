"""What three descents came to, and why the squared loss does or does not move, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.attack.outcome import SATURATED_RESPONSE
from core.words import at_most, counted, fixed, significant
from gui.widgets.basics.fitting_words import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.attack.microscope import Descents, Footing

LABELS = ("squared loss", "cross-entropy", "the lead")
"""The columns for people, in the order of ``core.attack.microscope.LOSSES``."""

_LONGEST_NAME = 14

_NOTICEABLE = 0.01
"""A step of that length moves an image, whatever the gradient: nobody may say it does not."""


class BadgeWords(NamedTuple):
    """A title, what is so, and whether it is an alarm."""

    title: str
    words: str
    alert: bool = False


NO_DATA = BadgeWords("No data yet", "Open a data set: the image to attack comes from it.")
NO_MODEL = BadgeWords(
    "No model yet", "There is nothing to attack before learning has begun: press Play."
)
COMPUTING = BadgeWords("Computing ...", "Three descents on the chosen image are on their way.")
BLANK = BadgeWords(
    "Nothing to follow",
    "All classes of this model weigh all pixels alike, so that no change of the image changes what "
    "is read: all three gradients are 0. Let it learn first.",
)


def badge_words(descents: Descents, step: int, names: Sequence[str]) -> BadgeWords:
    """Say what the squared loss finds to follow where it stands at a step, beside the others."""
    start, here = descents.footing(0), descents.footing(step)
    if start.is_blank:
        return BLANK
    read, target = (short(names[k], _LONGEST_NAME) for k in (here.predicted, here.target))
    if start.reached:
        return BadgeWords(
            "Already read as the target",
            f"This image is read as {target} from the start, and {target} is the target: there is "
            "nothing to be fooled. Choose another target above.",
        )
    if here.saturated:
        step_length = descents.rate * here.norms[0]
        refuses = "the image refuses to move"
        if step_length >= _NOTICEABLE:
            refuses = "only so large a step size moves the image"
        words = f"{_why(here, read, target)} So a step is {significant(step_length, 2)} long."
        return BadgeWords(f"The squared loss is saturated: {refuses}", words, alert=True)
    passed = _passed(descents)
    if here.reached:
        return BadgeWords(
            "The squared loss has arrived",
            f"Its image is read as {target} with {_probability(here)}: t − y goes to 0 now because "
            f"the target is reached, which is an end and no refusal.{passed}",
        )
    return BadgeWords(
        "All three have something to follow",
        f"In the squared loss's image, read as {read} with {_probability(here)}, "
        f"|J (t − y)| = {significant(here.response, 2)}, and below {SATURATED_RESPONSE:g} it would "
        f"be saturated. {_norms(here, read, target)}{passed}",
    )


def _why(here: Footing, read: str, target: str) -> str:
    if here.is_sure:
        why = (
            f"Read as {read} with {_probability(here)}, so no entry of J = diag(y) − y y^T is "
            f"above {at_most(here.jacobian, 2)}, and |J (t − y)| = {significant(here.response, 2)}."
        )
    else:
        why = (
            f"Torn between classes of which none is {target} (y_t = "
            f"{significant(here.target_probability, 2)}): t − y pulls at them all alike, "
            "J = diag(y) − y y^T cancels that, and |J (t − y)| = "
            f"{significant(here.response, 2)}."
        )
    return f"{why} {_norms(here, read, target)}"


def _norms(here: Footing, read: str, target: str) -> str:
    squared, cross, margin = here.norms
    ratio = f"{significant(here.ratio, 2)} times as long" if squared else "while that is 0"
    return (
        f"Its gradient |W^T J (t − y)| is {significant(squared, 2)}; in the same image "
        f"cross-entropy has |W^T (y - t)| = {significant(cross, 2)}, {ratio}, and the lead "
        f"|{_w(target)} - {_w(read)}| = {significant(margin, 2)}."
    )


def _w(name: str) -> str:
    """Return what the weights of a class are called."""
    return f"w_{name}" if name.isalnum() else f"w({name})"


def _probability(here: Footing) -> str:
    """Return p of the class read; what rounds to 1 as what is missing to it."""
    if here.doubt < 0.001:
        return f"p = 1 - {significant(here.doubt, 2)}"
    return f"p = {1 - here.doubt:.3f}"


def _passed(descents: Descents) -> str:
    n = descents.n_saturated
    return f" It was saturated at {n} of {counted(descents.n_steps + 1, 'step')}." if n else ""


def fooled_words(descents: Descents, column: int) -> tuple[str, ...]:
    """Say when a loss's image was first read as the target, ever shorter."""
    at = descents.fooled_at(column)
    n = descents.n_steps
    if at is None:
        return f"not fooled in {counted(n, 'step')}", f"not fooled in {n}", f"not in {n}"
    if at == 0:
        return "read so from the start", "from the start"
    size = float(descents.l2[at, column])
    words = f"after {counted(at, 'step')}"
    return f"fooled {words}, length {fixed(size)}", f"fooled {words}", words


def size_words(descents: Descents, column: int, step: int) -> tuple[str, ...]:
    """Say how large a loss's change is at a step, ever shorter."""
    length, largest = float(descents.l2[step, column]), float(descents.linf[step, column])
    size = f"length {_size(length)}"
    if descents.is_far_out(step, column):
        return f"{size}, pixel {_size(largest)}: runs away", f"runs away: {_size(length)}"
    pixel = _size(largest)
    return f"now {size}, pixel {pixel}", f"{size}, pixel {pixel}", f"{size}, max {pixel}", size


def far_out_words(descents: Descents, step: int, *, box: bool) -> str:
    """Say which losses have run away, if any has."""
    far = [label for i, label in enumerate(LABELS) if descents.is_far_out(step, i)]
    if not far:
        return ""
    pixel = max(float(descents.linf[step, i]) for i in range(len(LABELS)))
    less = "Choose a smaller step size or fewer steps in the sentence above"
    return (
        f"{' and '.join(far).capitalize()}: the step size carries a pixel {significant(pixel, 2)} "
        f"away, where its whole range is 1. {less}{'' if box else ', or keep pixels in 0..1'}."
    )


def _size(value: float) -> str:
    return fixed(value) if value < 1000 else significant(value, 2)
