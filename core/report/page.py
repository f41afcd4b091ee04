"""``index.html``: the pictures with the few sentences that the numbers allow."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.command_line import default_text, option_name
from core.parameters import parameters_of
from core.report.numbers import measure, probability_words
from core.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.report.run import RunResult

ASSETS = Path(__file__).resolve().parents[2] / "assets"

_CLEAR_FALL = 0.01
"""Nats by which a log-likelihood must fall before it is called a fall."""


def lead_sentences(run: RunResult) -> str:
    """Return what was learnt, from what, and how well."""
    dataset, last = run.dataset, run.last
    height, width = dataset.image_shape
    held = (
        ""
        if dataset.validation is None
        else f" {counted(dataset.validation.n_samples, 'image')} chose the best epoch."
    )
    return (
        f"A softmax perceptron with {dataset.n_classes} classes learnt {height} × {width} pixel "
        f"images from {counted(dataset.train.n_samples, 'training image')} and was measured on "
        f"{counted(dataset.test.n_samples, 'test image')} it never learnt from.{held} After "
        f"{counted(last.epoch, 'epoch')} it classifies {percent(last.train_score, 1)} of the "
        f"training images and {percent(last.test_score, 1)} of the test images correctly."
    )


def stopping_sentences(run: RunResult) -> str:
    """Return when learning should have stopped, and why."""
    best, last = run.history.best, run.last
    part = run.history.held_out_part
    at_best = getattr(best, f"{part}_log_likelihood")
    at_last = getattr(last, f"{part}_log_likelihood")
    if not math.isfinite(at_best):
        return f"No epoch has a {part} log-likelihood that is a number: there is no best epoch."
    rule = (
        f"Learning should stop where the log-likelihood of images not learnt from is best: the "
        f"{part} log-likelihood per image is highest at epoch {best.epoch}, {measure(at_best)}."
    )
    if last.epoch == 0:
        return "Only the start was measured: there is nothing to choose between."
    if best.epoch == last.epoch:
        return f"{rule} That is the last epoch: it was still improving, so learn longer."
    if not at_best - at_last >= _CLEAR_FALL:
        return f"{rule} After that it hardly changes: {measure(at_last)} at epoch {last.epoch}."
    fallen = f"{rule} At epoch {last.epoch} it has fallen to {measure(at_last)}"
    if last.train_log_likelihood <= best.train_log_likelihood:
        return f"{fallen}; that of the training images fell too: the steps are too large."
    return (
        f"{fallen}, while the training log-likelihood rose from "
        f"{measure(best.train_log_likelihood)} to {measure(last.train_log_likelihood)}: from "
        "there on the training images are learnt by heart."
    )


def confused_pairs(confusion: Any, n_pairs: int = 5) -> list[tuple[int, int, int]]:
    """Return the most frequent (true class, taken for, how often), most frequent first."""
    wrong = np.array(confusion)
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:n_pairs]
    pairs = [divmod(int(i), len(wrong)) for i in order]
    return [(true, seen, int(wrong[true, seen])) for true, seen in pairs if wrong[true, seen]]


def confusion_sentences(run: RunResult) -> str:
    """Return who is mistaken for whom among the test images."""
    names = run.dataset.class_names
    pairs = confused_pairs(run.test_diagnosis.confusion)
    if not pairs:
        return "No test image is mistaken for another class."
    found = ", ".join(f"{names[t]} for {names[s]} ({counted(n, 'time')})" for t, s, n in pairs)
    n_wrong = int((run.test_diagnosis.n_samples - run.test_diagnosis.n_correct).sum())
    verb = "is" if n_wrong == 1 else "are"
    return f"{counted(n_wrong, 'test image')} {verb} misread. Most often taken: {found}."


def worst_sentences(run: RunResult) -> str:
    """Return how sure the model is of its worst mistakes among the training images."""
    names = run.dataset.class_names
    mistakes = [mistake for mistake in run.train_diagnosis.worst if mistake is not None]
    if not mistakes:
        return "No training image is misread any more."
    worst = max(mistakes, key=lambda mistake: float(np.nan_to_num(mistake.probability)))
    return (
        f"The surest mistake of all is training image #{worst.index}, of class "
        f"{names[worst.true_class]} and taken for {names[worst.predicted]} with probability "
        f"{probability_words(worst.probability)}."
    )


def attack_sentences(run: RunResult) -> str:
    """Return the attack's outcome and how the target's probability moved."""
    attack, dataset = run.attack, run.dataset
    names, target = dataset.class_names, attack.config.target
    p = [float(step.probabilities[target]) for step in attack.steps]
    seen = names[attack.first_class]
    found = [attack.sentence(dataset) + "."]
    found.append(
        f"The probability of class {names[target]} went from {probability_words(p[0])} at step 0 "
        f"to {probability_words(p[-1])} at step {attack.steps[-1].number}."
    )
    if attack.outcome.original is None:
        found.append(f"The untouched noise was read as {seen}.")
    if attack.toward is not None:
        found.append(f"The result is {measure(attack.away)} away from the image it is pulled to.")
    low, high = float(attack.steps[-1].image.min()), float(attack.steps[-1].image.max())
    found.append(
        f"Pixels of the result lie between {measure(low)} and {measure(high)}; compare it with "
        f"the weight image of class {names[target]}: does it look like one?"
    )
    if attack.outcome.saturated and not attack.outcome.succeeded:
        found.append(
            "It is read so surely that the squared loss has almost no gradient there: "
            "start from noise instead, and pull toward the image."
        )
    return " ".join(found)


def _scores(run: RunResult) -> list[list[str]]:
    """Return the rows of a table, its head first."""
    parts, kinds = run.history.parts, ("score", "log-likelihood")
    metrics = [f"{part} {kind}" for part in parts for kind in kinds]
    names = [metric.replace(" ", "_").replace("-", "_") for metric in metrics]
    records = {"start": run.history.records[0], "best": run.history.best, "last": run.last}
    return [["", "epoch", *metrics]] + [
        [words, str(record.epoch), *(measure(getattr(record, name)) for name in names)]
        for words, record in records.items()
    ]


def _settings(run: RunResult) -> list[tuple[str, str, str]]:
    """Return label, value and option of every setting."""
    groups = (
        (run.arguments.data, ""),
        (run.arguments.reading, ""),
        (run.arguments.training, ""),
        (run.attack.config, "attack_"),
    )
    return [
        (
            f"Attack: {declared.label.lower()}" if prefix else declared.label,
            default_text(declared, getattr(config, name)),
            option_name(prefix + name),
        )
        for config, prefix in groups
        for name, declared in parameters_of(config).items()
    ]


def _rendered(template: str, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return pages.get_template(template).render(**values)


def make_list(runs: Sequence[tuple[str, str, RunResult]], missing: Sequence[str]) -> str:
    """Return the page that leads to those of several runs.

    Parameters
    ----------
    runs : what stands before the name of each one's files, how it is called, and what it is
    missing : sentences on what could not be shown
    """
    rows = [(prefix, name, lead_sentences(run)) for prefix, name, run in runs]
    return _rendered("runs.html", runs=rows, missing=missing)


def make_page(
    run: RunResult, sizes: dict[str, tuple[Any, ...]], name: str = "", prefix: str = ""
) -> str:
    """Return the page of a run.

    Parameters
    ----------
    sizes : width and height in pixels of each picture, by file name
    name : how it is called among several
    prefix : what stands before the names of its files
    """
    warnings = []
    if run.history.divergence is not None:
        epoch = run.last.epoch
        words = (
            f"{run.history.divergence} Everything below shows epoch {epoch}, the last before that."
        )
        warnings.append(words)
    return _rendered(
        "report.html",
        run=run,
        name=name,
        prefix=prefix,
        warnings=warnings,
        lead=lead_sentences(run),
        stopping=stopping_sentences(run),
        scores=_scores(run),
        worst=worst_sentences(run),
        confusion=confusion_sentences(run),
        attack=attack_sentences(run),
        settings=_settings(run),
        sizes=sizes,
    )
