"""``index.html``: the pictures with the few sentences that the numbers allow."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from core.command_line import default_text, option_name
from core.parameters import parameters_of
from core.report.numbers import measure, probability_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.learning.training import EpochRecord
    from core.report.run import RunResult

_STYLE = """
:root { color-scheme: light dark; --ink: #181c22; --paper: #ffffff; --muted: #545c68;
  --line: #c9ced6; --wash: #f3f5f8; --link: #0059a3; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceff3; --paper: #15181d; --muted: #a9b2bf;
  --line: #3c434e; --wash: #1f242b; --link: #7cc0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.25rem/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 78rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 2.4rem; line-height: 1.2; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.7rem; line-height: 1.3; margin: 3rem 0 0.5rem; }
p, ul { max-width: 62rem; overflow-wrap: anywhere; }
.lead { font-size: 1.4rem; }
.muted { color: var(--muted); }
.warning { border-left: 0.4rem solid #d55e00; background: var(--wash); padding: 0.8rem 1.2rem; }
a { color: var(--link); }
img { display: block; width: 100%; height: auto; background: #ffffff;
  border: 1px solid var(--line); border-radius: 0.4rem; }
figure { margin: 1.2rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 1.4rem 0.3rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; }
th { font-weight: 600; }
td.number, th.number { text-align: right; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
@media print { :root { --ink: #000; --paper: #fff; --muted: #444; --line: #bbb; --wash: #f3f3f3;
  --link: #000; } body { font-size: 11pt; } main { max-width: none; padding: 0; }
  .lead { font-size: 12pt; } h1 { font-size: 20pt; } h2 { font-size: 15pt; margin-top: 18pt;
  break-after: avoid; } figure, table { break-inside: avoid; } }
"""


_CLEAR_FALL = 0.01
"""Nats by which a log-likelihood must fall before it is called a fall."""


def _paragraph(text: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>"


def _figure(file: str, size: tuple[int, int], alt: str) -> str:
    width, height = size
    return (
        f'<figure><a href="{file}"><img src="{file}" width="{width}" height="{height}" '
        f'alt="{escape(alt)}"></a></figure>'
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], numbers: bool) -> str:
    """Return a table; with ``numbers`` all columns but the first are aligned right."""

    def row(cells: Iterable[str], tag: str) -> str:
        marks = [' class="number"' if numbers and i else "" for i, _ in enumerate(head_cells)]
        pairs = zip(cells, marks, strict=True)
        return "<tr>" + "".join(f"<{tag}{m}>{escape(c)}</{tag}>" for c, m in pairs) + "</tr>"

    head_cells = list(head)
    body = "\n".join(row(cells, "td") for cells in rows)
    return (
        f'<div class="scroll"><table>\n<thead>{row(head_cells, "th")}</thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def lead_sentences(run: RunResult) -> str:
    """Return what was learnt, from what, and how well."""
    dataset, last = run.dataset, run.last
    height, width = dataset.image_shape
    held = (
        ""
        if dataset.validation is None
        else f" {_count(dataset.validation.n_samples, 'image')} chose the best epoch."
    )
    return (
        f"A softmax perceptron with {dataset.n_classes} classes learnt {height} × {width} pixel "
        f"images from {_count(dataset.train.n_samples, 'training image')} and was measured on "
        f"{_count(dataset.test.n_samples, 'test image')} it never learnt from.{held} After "
        f"{_count(last.epoch, 'epoch')} it classifies {100 * last.train_score:.1f} % of the "
        f"training images and {100 * last.test_score:.1f} % of the test images correctly."
    )


def stopping_sentences(run: RunResult) -> str:
    """Return when learning should have stopped, and why."""
    best, last = run.history.best, run.last
    has_validation = run.history.has_validation
    part = "validation" if has_validation else "test"
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
    found = ", ".join(f"{names[t]} for {names[s]} ({_count(n, 'time')})" for t, s, n in pairs)
    n_wrong = int((run.test_diagnosis.n_samples - run.test_diagnosis.n_correct).sum())
    verb = "is" if n_wrong == 1 else "are"
    return f"{_count(n_wrong, 'test image')} {verb} misread. Most often taken: {found}."


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
        f"to {probability_words(p[-1])} at step {attack.steps[-1].step}."
    )
    if attack.outcome.original is None:
        found.append(f"The untouched noise was read as {seen}.")
    low, high = float(attack.steps[-1].image.min()), float(attack.steps[-1].image.max())
    found.append(
        f"Pixels of the result lie between {measure(low)} and {measure(high)}; compare it with "
        f"the weight image of class {names[target]}: does it look like one?"
    )
    if attack.outcome.saturated and not attack.outcome.succeeded:
        found.append(
            "The start was read so surely that the squared loss has almost no gradient there: "
            "start from noise instead, and pull toward the image."
        )
    return " ".join(found)


def _scores_table(run: RunResult) -> str:
    def row(words: str, record: EpochRecord) -> list[str]:
        cells = [words, str(record.epoch)]
        for part in parts:
            cells.append(measure(getattr(record, f"{part}_score")))
            cells.append(measure(getattr(record, f"{part}_log_likelihood")))
        return cells

    parts = ["train", "test"] + (["validation"] if run.history.has_validation else [])
    head = ["", "epoch"]
    for part in parts:
        head += [f"{part} score", f"{part} log-likelihood"]
    records = run.history.records
    rows = [row("start", records[0]), row("best", run.history.best), row("last", records[-1])]
    return _table(head, rows, numbers=True)


def _settings_table(run: RunResult) -> str:
    rows = []
    groups = (
        (run.arguments.data, ""),
        (run.arguments.training, ""),
        (run.attack.config, "attack_"),
    )
    for config, prefix in groups:
        for name, declared in parameters_of(config).items():
            value = default_text(declared, getattr(config, name))
            label = f"Attack: {declared.label.lower()}" if prefix else declared.label
            rows.append([label, value, option_name(prefix + name)])
    return _table(["setting", "value", "option"], rows, numbers=False)


def _attack_alt(run: RunResult) -> str:
    return (
        "Image, amplified change, result and the target's weight image in a row; under them the "
        f"probabilities before and after, and at each step. {run.attack.sentence(run.dataset)}."
    )


def make_page(run: RunResult, sizes: dict[str, tuple[int, int]]) -> str:
    """Return the page.

    Parameters
    ----------
    sizes : width and height in pixels of each picture, by file name
    """
    name, epoch = run.dataset.name, run.last.epoch
    parts = [
        f"<h1>What a perceptron learnt from {escape(name)}</h1>",
        _paragraph(lead_sentences(run), "lead"),
    ]
    if run.divergence is not None:
        words = f"{run.divergence} Everything below shows epoch {epoch}, the last before that."
        parts.append(_paragraph(words, "warning"))
    if run.note:
        parts.append(_paragraph(f"{run.note}.", "warning"))
    parts += [
        "<h2>When should learning stop?</h2>",
        _paragraph(stopping_sentences(run)),
        _figure("curves.png", sizes["curves.png"], f"Error and log-likelihood per epoch. "
                f"{stopping_sentences(run)}"),
        _scores_table(run),
        "<h2>What has it learnt?</h2>",
        _paragraph(
            f"The weights of each class after epoch {epoch}, as an image. Ink where a weight is "
            "positive (red) speaks for the class, ink where it is negative (blue) against it."
        ),
        _figure("weights.png", sizes["weights.png"], "The weight image of every class."),
        _paragraph(
            "The mean of the training images of each class that are classified correctly: the "
            "weights are not these means, they are what tells the classes apart."
        ),
        _figure("means.png", sizes["means.png"], "The mean image of every class."),
        "<h2>Where does it fail?</h2>",
        _paragraph(worst_sentences(run)),
        _figure("worst.png", sizes["worst.png"], "The surest mistake within every class, with the "
                "class it was taken for."),
        _paragraph(confusion_sentences(run)),
        "<h2>How is it fooled?</h2>",
        _paragraph(attack_sentences(run)),
        _figure("attack.png", sizes["attack.png"], _attack_alt(run)),
        "<h2>Data, settings and numbers</h2>",
        _paragraph(f"Data: {name} ({run.dataset.source}), content hash "
                   f"{run.dataset.content_hash[:16]}."),
        _settings_table(run),
        '<p>All numbers: <a href="curves.csv">curves.csv</a> (the curves), '
        '<a href="summary.json">summary.json</a> (everything).</p>',
        _paragraph(
            f"Training took {run.train_seconds:.2f} s, measuring {run.evaluate_seconds:.2f} s. "
            "Written by Perceptron Explorer.", "muted"),
    ]  # fmt: skip
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Perceptron report: {escape(name)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
