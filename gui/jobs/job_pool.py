"""The jobs of one window: started, numbered, and ended together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gui.jobs.worker import Job

STOP_SECONDS = 0.4
"""Longer than any job needs between two looks at the clock, shorter than a person notices."""


class JobPool:
    """Keeps hold of running jobs, so that none outlives the window."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._generation = 0

    def next_generation(self) -> int:
        """Return a number no job has had: whatever comes from older ones can be told apart."""
        self._generation += 1
        return self._generation

    def start(self, job: Job) -> None:
        """Start a job; those that have ended are forgotten."""
        self._jobs = [old for old in self._jobs if old.alive]
        self._jobs.append(job)
        job.start()

    def stop_named(self, name: str) -> None:
        """Ask the jobs of that name to end."""
        for job in self._jobs:
            if job.name == name:
                job.request_stop()

    def close(self, others: Iterable[Job] = ()) -> bool:
        """End every job, these ``others`` too; return whether all ended in time."""
        jobs = [*self._jobs, *others]
        for job in jobs:
            job.request_stop()
        deadline = time.perf_counter() + STOP_SECONDS
        ended = [job.join(max(0.0, deadline - time.perf_counter())) for job in jobs]
        return all(ended)
