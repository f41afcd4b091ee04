"""What the report's five pictures show: curves, weights, means, worst mistakes, the attack."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.insight.diagnostics import weight_images, weight_limit
from core.pictures import stretched_rgb
from core.report.figures import (
    BLUE,
    GREEN,
    VERMILION,
    Bars,
    Cell,
    Chart,
    Line,
    Mark,
    Pictures,
    Series,
    Sheet,
)
from core.report.numbers import most_probable, number, value_range
from core.words import counted, fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.learning.history import History
    from core.report.run import RunResult

PART_LOOKS = {"train": (BLUE, ""), "test": (VERMILION, "dashed"), "validation": (GREEN, "dotted")}
"""Part -> (hue, dash): either alone tells the curves apart."""

MOST_BARS = 10
"""With more classes the bars show those that matter most, before or after."""

_LONGEST_NAME = 18
"""Of a class named within a line of words, in characters."""


def class_heading(name: str) -> str:
    """Return ``class 5`` for a short name, the name alone for a long one."""
    return f"class {name}" if len(name) <= 3 else name


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _start_is_off_scale(curves: Sequence[NDArray[Any]]) -> bool:
    """Whether the first values are so far off that the rest would be squeezed flat by them."""
    if len(curves[0]) < 4:
        return False
    (low, high), (all_low, all_high) = value_range([y[1:] for y in curves]), value_range(curves)
    return all_high - all_low > 2 * (high - low)


def curves_figure(history: History, subtitle: str) -> Sheet:
    """Return error and log-likelihood of every part over the epochs.

    A star marks the epoch of the best held-out log-likelihood. Where the start would squeeze the
    rest flat it lies off the scale, and a line under the title gives its values.
    """
    best = history.best
    charts = []
    for metric, title, y_label in (
        ("error", "Error", "fraction of images classified wrongly = 1 − score"),
        ("log_likelihood", "Log-likelihood per image", "mean of log y of the true class (nats)"),
    ):
        curves = {part: history.curve(part, metric) for part in history.parts}
        value = float(curves[history.held_out_part][history.epochs == best.epoch][0])
        values = list(curves.values())
        off_scale = _start_is_off_scale(values)
        ends = ", ".join(f"{part} {number(y[0], '.3g')}" for part, y in curves.items())
        charts.append(
            Chart(
                title,
                f"off the scale at epoch 0: {ends}" if off_scale else "",
                x_label="epoch (passes over the training images)",
                y_label=y_label,
                lines=tuple(
                    Line(part, history.epochs, y, *PART_LOOKS[part]) for part, y in curves.items()
                ),
                marks=(Mark(f"best epoch {best.epoch}", best.epoch, value),)
                if math.isfinite(value)
                else (),
                y_limits=value_range([y[1:] for y in values] if off_scale else values),
            )
        )
    return Sheet("Learning curves: when should learning stop?", subtitle, (tuple(charts),))


def curves_words(run: RunResult) -> str:
    """Return what was learnt from, and how."""
    config, dataset = run.arguments.training, run.dataset
    order = "shuffled" if config.shuffle else "in file order"
    decay = f", L2 decay {config.l2:g}" if config.l2 else ""
    words = (
        f"{dataset.name}: {dataset.train.n_samples:,} training and {dataset.test.n_samples:,} test "
        f"images, batches of {config.batch_size:,} {order}, learning rate "
        f"{config.learning_rate:g}{decay}, start {config.init}, seed {config.seed}"
    )
    divergence = run.history.divergence
    return words if divergence is None else f"{divergence} {words}"


def weights_figure(run: RunResult) -> Pictures:
    """Return every class's weights as an image, on one symmetric scale."""
    dataset, weights = run.dataset, run.last.weights
    limit = weight_limit(weights)
    images = weight_images(weights, dataset.image_shape)
    end = f"the scale ends at ±{number(limit, '.3g')}" if weights[:, 1:].any() else "all are zero"
    return Pictures(
        f"Weights after epoch {run.last.epoch}",
        "Each class's weights as an image, without the bias. Ink on red speaks for the class, ink "
        "on blue against it. All share one scale.",
        tuple(
            Cell(class_heading(name), "", image, limit)
            for name, image in zip(dataset.class_names, images, strict=True)
        ),
        limit=limit,
        value_label=f"weight of a pixel; {end}",
    )


def means_figure(run: RunResult) -> Pictures:
    """Return the mean of each class's correctly classified training images."""
    dataset, diagnosis = run.dataset, run.train_diagnosis
    means = diagnosis.mean_images.reshape(-1, *dataset.image_shape)
    cells = []
    for k, name in enumerate(dataset.class_names):
        correct, samples = int(diagnosis.n_correct[k]), int(diagnosis.n_samples[k])
        which = "no image of this class is classified correctly"
        cells.append(
            Cell(
                class_heading(name),
                f"{correct:,} of {samples:,} correct" if samples else "no image",
                means[k] if correct else None,
                empty_words=which if samples else "no training image of this class",
            )
        )
    return Pictures(
        f"Mean images after epoch {run.last.epoch}",
        "The mean of the training images of each class that are classified correctly.",
        tuple(cells),
    )


def worst_figure(run: RunResult) -> Pictures:
    """Return each class's most confidently misread training image."""
    dataset, diagnosis = run.dataset, run.train_diagnosis
    names = dataset.class_names
    cells = []
    for k, mistake in enumerate(diagnosis.worst):
        if mistake is None:
            words = "no mistake" if diagnosis.n_samples[k] else "no training image of this class"
            cells.append(Cell(class_heading(names[k]), "", empty_words=words))
            continue
        taken_for = f"→ {_short(names[mistake.predicted])}, {number(mistake.probability, '.2f')}"
        image = dataset.train.images[mistake.index].reshape(dataset.image_shape)
        cells.append(Cell(class_heading(names[k]), f"{taken_for}   #{mistake.index}", image))
    return Pictures(
        f"Worst classified after epoch {run.last.epoch}",
        "The surest mistake within each class of training images: → the class it was taken for, "
        "how surely, # its number.",
        tuple(cells),
    )


def _pixel_words(pixels: NDArray[Any]) -> str:
    low, high = (number(float(end(pixels)), ".2f") for end in (np.min, np.max))
    return f"pixels {low} to {high}"


def _start_words(run: RunResult) -> tuple[str, str]:
    """Return title and first caption line of what the attack begins as."""
    config, dataset = run.attack.config, run.dataset
    if config.start is None:
        return "start: noise", f"seed {config.seed}, stretched"
    name = dataset.class_names[int(dataset.split(config.part).labels[config.start])]
    return f"start: {class_heading(name)}", f"{config.part} image #{config.start}"


def _sum_of_images(run: RunResult) -> Pictures:
    """Return start + amplified change = result, and the target's weights to compare."""
    attack, dataset, config = run.attack, run.dataset, run.attack.config
    shape, names = dataset.image_shape, dataset.class_names
    last, target = attack.steps[-1], config.target
    change = np.nan_to_num(last.image - attack.start).astype(np.float64)
    limit = float(np.abs(change).max()) or 1.0
    weights = weight_images(run.last.weights, shape)[target]
    weights_end = float(np.abs(weights).max()) or 1.0
    title, origin = _start_words(run)
    full = f"full colour = ±{number(limit, '.3g')} (×{number(1 / limit, '.3g')})"
    start, result = (np.nan_to_num(x).reshape(shape) for x in (attack.start, last.image))
    is_noise = config.start is None  # of which black to white would show nothing
    seen = [stretched_rgb(x) if is_noise else None for x in (start, result)]
    return Pictures(
        "",
        "",
        (
            Cell(
                title,
                f"{origin}, read as {_short(names[attack.first_class])}\n" + _pixel_words(start),
                start,
                rgb=seen[0],
                sign="+",
            ),
            Cell(
                "change",
                f"{full if change.any() else 'no change'}\nlength {fixed(last.l2)}",
                change.reshape(shape),
                limit=limit,
                sign="=",
            ),
            Cell(
                f"result after {counted(last.number, 'step')}",
                f"read as {_short(names[last.predicted])}\n{_pixel_words(result)}",
                result,
                rgb=seen[1],
            ),
            Cell(
                f"weights of {class_heading(names[target])}",
                f"the target, to compare\nfull colour = ±{number(weights_end, '.3g')}",
                weights,
                limit=weights_end,
            ),
        ),
    )


def _probability_bars(run: RunResult) -> Bars:
    attack, names, target = run.attack, run.dataset.class_names, run.attack.config.target
    before, after = (attack.steps[i].probabilities.astype(np.float64) for i in (0, -1))
    shown = most_probable(np.array([before, after]), target, MOST_BARS)
    some = f" ({len(shown)} highest of {len(names)} classes)" if len(shown) < len(names) else ""
    return Bars(
        f"Probabilities{some}",
        "",
        tuple(names[k] for k in shown),
        (
            Series("step 0", before[shown], BLUE, pale=True),
            Series(f"step {attack.steps[-1].number}", after[shown], BLUE),
        ),
        "probability",
        highlighted=shown.index(target),
        highlighted_label=f"target: {class_heading(names[target])}",
        limits=(0.0, 1.0),
    )


def _probability_traces(run: RunResult) -> Chart:
    attack, names = run.attack, run.dataset.class_names
    target, first = attack.config.target, attack.first_class
    steps = np.array([step.step for step in attack.steps])
    probabilities = np.array([step.probabilities for step in attack.steps], dtype=np.float64)
    lines = [Line(f"target {_short(names[target])}", steps, probabilities[:, target], VERMILION)]
    words = "probability"
    if first != target:
        label = f"original {_short(names[first])}"
        lines.append(Line(label, steps, probabilities[:, first], BLUE, "dashed"))
        start = "noise" if attack.outcome.original is None else "image"
        words = f"probability ('original': what the {start} is read as)"
    return Chart(
        "Probability at each step",
        "",
        x_label="step",
        y_label=words,
        lines=tuple(lines),
        y_limits=(-0.02, 1.02),
    )


def attack_figure(run: RunResult) -> Sheet:
    """Return image + change = result, the target's weights, and probabilities."""
    attack, dataset, config = run.attack, run.dataset, run.attack.config
    settings = [
        f"squared loss to class {dataset.class_names[config.target]}",
        f"step size {config.rate:g}",
        "no pull"
        if attack.toward is None
        else f"pull {config.pull:g} toward {config.part} image #{config.toward}, class "
        f"{dataset.class_names[attack.toward]}",
        "pixels kept in 0..1" if config.box else "pixels not limited to 0..1",
    ]
    return Sheet(
        f"Attack: {attack.sentence(dataset)}",
        ", ".join(settings),
        ((_sum_of_images(run),), (_probability_bars(run), _probability_traces(run))),
    )
