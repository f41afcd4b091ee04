"""Opening a file from a stranger in a process of its own, and measuring what it took.

Run as a program it imports everything, then opens each path it is told on its standard input in a
fork of itself, and answers as JSON what :func:`open_bounded` returns.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import time
import traceback
import zlib
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]

MAX_SECONDS = 2.0
"""Of processor time, so that a busy machine does not make a refusal look slow."""

MAX_EXTRA_BYTES = 300 * 1024**2
"""More than opening something tiny takes."""

_YARDSTICK_SECONDS = 0.055
"""What :func:`_yardstick_seconds` took where the bounds were set (AMD EPYC, Python 3.11)."""

_MAX_ADDRESSES = 6 * 1024**3
"""What the process may reserve: a claim of 32 GiB fails here even where nobody touches it."""

_DEADLINE = 300.0
"""Seconds on the wall after which it hangs."""


class Opened(NamedTuple):
    """What became of opening a path.

    Attributes
    ----------
    message : the words of the DatasetError; empty where it opened
    seconds : processor time within ``open_dataset``, of all threads
    peak_bytes : the most memory the whole process held at once
    """

    message: str
    seconds: float
    peak_bytes: int


def open_bounded(path: Path | str, **reading: Any) -> Opened:
    """Open ``path`` in a fresh process, with these fields of ReadingConfig.

    Raises
    ------
    AssertionError
        If the process ends by anything but a data set or a DatasetError, or hangs.
    """
    answer = _asked(json.dumps({"path": str(path), "reading": reading}))
    assert "error" not in answer, f"{path}: {answer['error']}"
    return Opened(**answer)


_servers: list[subprocess.Popen[str]] = []
"""The process that forks, once there is one."""


def _server() -> subprocess.Popen[str]:
    if not _servers:
        # One thread, so that it may fork.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        _servers.append(
            subprocess.Popen(
                [sys.executable, "-W", "error", __file__],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
                start_new_session=True,
            )
        )
        atexit.register(_end)
    return _servers[0]


def _end(*, kill: bool = False) -> None:
    while _servers:
        process = _servers.pop()
        if kill:  # with the fork that hangs; both are in a session of their own
            os.killpg(process.pid, 9)
        process.communicate()


def _asked(request: str) -> dict[str, Any]:
    process = _server()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request + "\n")
    process.stdin.flush()
    ready = select.select([process.stdout], [], [], _DEADLINE)[0]
    line = process.stdout.readline() if ready else ""
    if not line:
        _end(kill=True)
        return {"error": f"no answer after {_DEADLINE:g} s" if not ready else "the process died"}
    answer: dict[str, Any] = json.loads(line)
    return answer


def assert_refused(
    path: Path | str,
    *words: str,
    seconds: float = MAX_SECONDS,
    extra_bytes: int = MAX_EXTRA_BYTES,
    **reading: Any,
) -> str:
    """Assert that ``path`` is refused in these words, at little cost; return the message."""
    opened = open_bounded(path, **reading)
    assert opened.message, f"{path}: it opened"
    missing = [word for word in words if word not in opened.message]
    assert not missing, f"not said: {missing}; said: {opened.message!r}"
    if opened.seconds >= seconds:  # perhaps the processor is slower than the one that was measured
        seconds *= max(1.0, _yardstick_seconds() / _YARDSTICK_SECONDS)
        # Or it shared its caches with something else: that is no cost of the file.
        opened = min(opened, open_bounded(path, **reading), key=lambda one: one.seconds)
    assert opened.seconds < seconds, f"{opened.seconds:.2f} s until {opened.message!r}"
    extra = opened.peak_bytes - quiet_bytes()
    assert extra < extra_bytes, f"{extra / 1e6:.0f} MB until {opened.message!r}"
    return opened.message


def assert_opened(path: Path | str, **reading: Any) -> None:
    """Assert that ``path`` opens at little cost."""
    opened = open_bounded(path, **reading)
    assert not opened.message
    assert opened.seconds < MAX_SECONDS
    assert opened.peak_bytes - quiet_bytes() < MAX_EXTRA_BYTES


def _yardstick_seconds() -> float:
    """Return the processor time of a little work that never changes."""
    started = time.process_time()
    lines = [b"%d,%d" % (i, i) for i in range(60_000)]
    total = sum(int(line.split(b",")[0]) for line in lines)
    assert total == sum(range(60_000))
    zlib.decompress(zlib.compress(b"\n".join(lines), 6))
    return time.process_time() - started


_quiet: list[int] = []


def quiet_bytes() -> int:
    """Return the most memory a process holds that opens nothing: Python and the libraries."""
    if not _quiet:
        _quiet.append(open_bounded(REPOSITORY / "no such file").peak_bytes)
    return _quiet[0]


def _peak_bytes() -> int:
    if sys.platform == "linux":  # ru_maxrss would also count the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        kibibytes = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(kibibytes.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _opened(path: str, reading: dict[str, Any]) -> dict[str, Any]:
    from core.errors import DatasetError
    from core.sources import open_dataset
    from core.sources.reading import ReadingConfig

    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESSES, _MAX_ADDRESSES))
    config = ReadingConfig(**reading)
    message = ""
    started = time.process_time()
    try:
        open_dataset(path, config)
    except DatasetError as error:
        message = str(error)
    seconds = time.process_time() - started
    return {"message": message, "seconds": seconds, "peak_bytes": _peak_bytes()}


def _serve() -> None:
    sys.path.insert(0, str(REPOSITORY))
    import core.sources.inside  # noqa: F401 - before the forks, and so are the formats
    from core.sources import file_formats

    file_formats()
    from PIL import Image

    Image.init()  # what each fork would load anew is no cost of a file

    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                answer = _opened(**json.loads(line))
            except BaseException:
                answer = {"error": traceback.format_exc()}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:  # it could not even say so
            sys.stdout.write(json.dumps({"error": f"the process ended with {status}"}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _serve()
