"""All benchmarks in one run: ``uv run benchmarks/run.py [--json FILE] [--quick] [--only NAME]``.

Ratios are what counts; times are those of this machine. Exit code 1 if a benchmark could not be
measured; a missed target is reported, not an error.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # core and gui, run from the tree

import attacks
import curves
import epoch
import look
import memory
import numpy as np
import opening
import robustness
import runs
import seeds
import startup
import wall
import window
from threadpoolctl import threadpool_info

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from result import Result

TOPICS: list[tuple[str, Callable[[bool], list[Result]]]] = [
    ("epoch", epoch.measure),
    ("memory", memory.measure),
    ("opening", opening.measure),
    ("runs", runs.measure),
    ("seeds", seeds.measure),
    ("startup", startup.measure),
    ("window", window.measure),
    ("look", look.measure),
    ("wall", wall.measure),
    ("curves", curves.measure),
    ("attacks", attacks.measure),
    ("robustness", robustness.measure),
]
"""Name -> function(quick) returning its results; a new benchmark is one file and one line here."""


def machine() -> dict[str, Any]:
    """Return what one must know of the machine to read the numbers."""
    blas = [f"{pool['internal_api']} {pool['version']}" for pool in threadpool_info()]
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": blas,
        "platform": platform.platform(),
        "processor": processor(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def processor() -> str:
    """Return the processor's name where the system tells it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(results: Sequence[Result]) -> str:
    """Return the results for people: one block per topic, columns aligned."""
    lines: list[str] = []
    width = max((len(result.what) for result in results), default=0)
    topic = None
    for result in results:
        if result.topic != topic:
            topic = result.topic
            lines += ["", topic]
        lines.append("  " + line_of(result, width))
    return "\n".join(lines)


def line_of(result: Result, width: int) -> str:
    """Return one line of the table."""
    noise = "" if result.noise is None else f"+- {result.noise:.2f}"
    target = ""
    if result.target is not None:
        target = f"{result.bound} {result.target:g} {'met' if result.met else 'MISSED'}"
    words = f"{result.what:<{width}}  {result.value:>9.2f} {result.unit:<3} {noise:<9} {target:<15}"
    return f"{words}  {result.note}".rstrip()


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description="Measure what should be fast, side by side.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, noisier")
    parser.add_argument(
        "--only", choices=[name for name, _ in TOPICS], action="append", help="only this benchmark"
    )
    return parser.parse_args(arguments)


def run_topics(only: Sequence[str] | None, quick: bool) -> tuple[list[Result], dict[str, str]]:
    """Return all results, and why a topic has none."""
    results: list[Result] = []
    failures: dict[str, str] = {}
    for name, measure in TOPICS:
        if only and name not in only:
            continue
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            results += measure(quick)
        except Exception as error:  # one that fails must not cost the others
            failures[name] = f"{type(error).__name__}: {error}"
    return results, failures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write what was asked for."""
    options = parse(arguments)
    results, failures = run_topics(options.only, options.quick)
    facts = machine()
    print(f"{facts['processor']}; Python {facts['python']}, NumPy {facts['numpy']}")
    print("medians, +- the interquartile range" + (" (quick: noisy)" if options.quick else ""))
    print(table(results))
    for name, reason in failures.items():
        print(f"\n{name} could not be measured: {reason}")
    missed = [f"{result.topic}: {result.what}" for result in results if result.met is False]
    bounded = sum(result.met is not None for result in results)
    print(f"\n{bounded - len(missed)} of {bounded} targets met")
    if options.json:
        told = {
            "machine": facts,
            "quick": options.quick,
            "results": [result.as_json() for result in results],
            "missed": missed,
            "failures": failures,
        }
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
