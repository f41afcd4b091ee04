"""Print the oldest and the newest Python to be had here, other than the one that runs this.

A line each: version and path. What uv cannot get is told on standard error; that is no failure.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
DOWNLOAD_SECONDS = 120


def uv(*arguments, **options):
    return subprocess.run(
        ["uv", "python", *arguments], capture_output=True, text=True, check=False, **options
    )


def known(which):
    """Return the path of every released CPython that uv knows of, by (major, minor)."""
    listed = uv("list", which, "--all-versions", "--output-format", "json").stdout
    return {
        version: python["path"]
        for python in reversed(json.loads(listed))  # the first of a version is the best
        if (python["implementation"], python["variant"]) == ("cpython", "default")
        and python["version"].replace(".", "").isdigit()
        and (version := tuple(python["version_parts"][part] for part in ("major", "minor")))
        >= OLDEST
    }


def main():
    # Where a person keeps several Pythons, beside what uv finds by itself.
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [str(folder) for folder in root.glob("versions/*/bin")]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])
    wanted = {OLDEST, max(known("--only-downloads"), default=OLDEST)}
    for version in wanted - known("--only-installed").keys():
        name = "{}.{}".format(*version)
        try:
            failed = uv("install", "--no-bin", name, timeout=DOWNLOAD_SECONDS).returncode
        except subprocess.TimeoutExpired:
            failed = True
        if failed:
            print(f"Python {name} cannot be had here", file=sys.stderr)
    found = known("--only-installed")
    for version in sorted({min(found), max(found)} - {sys.version_info[:2]}):
        print("{}.{}".format(*version), found[version])


if __name__ == "__main__":
    main()
