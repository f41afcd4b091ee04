#!/usr/bin/env bash
# Install the program from the folder that collect_wheels.sh has filled, in an empty environment
# and without a network, and use it:
#
#     bash packaging/check_wheel.sh FOLDER      # under xvfb-run where there is no screen
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -e .git ]]; then
    packed=$(tar -tf "$folder"/perceptron_explorer-*.tar.gz | cut -d/ -f2-)
    if git ls-files | grep -vxF "$packed"; then
        echo "these files are not in the sdist"
        exit 1
    fi
    echo "the sdist holds every file of the tree"
fi

uv venv --quiet --python "$(uv python find)" "$work/empty"
uv pip install --quiet --offline --no-index --find-links "$folder" \
    --python "$work/empty" perceptron-explorer
(cd / && "$work/empty/bin/python" - <<'PYTHON'
from importlib.metadata import files
from pathlib import PurePosixPath

tops = {PurePosixPath(file).parts[0] for file in files("perceptron-explorer")}
names = {top for top in tops if top != ".." and not top.endswith(".dist-info")}
assert names == {"perceptron_explorer"}, names
PYTHON
)
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$work"/empty/share/applications/*.desktop
fi
echo "installed as one package"

uv run --no-sync packaging/drive_window.py "$work/empty/bin/perceptron-explorer"
