#!/usr/bin/env bash
# Build the program and collect all that it needs for this Python and this system in one folder:
#
#     bash packaging/collect_wheels.sh FOLDER
#
# There, or carried to a machine without a network:
#
#     uv pip install --offline --no-index --find-links FOLDER perceptron-explorer
set -euo pipefail
folder=$(realpath -m "$1")
cd "$(dirname "$0")/.."

uv build --quiet --out-dir "$folder"
uv tool run --quiet --python "$(uv python find)" pip download --quiet --only-binary :all: \
    --dest "$folder" "$folder"/perceptron_explorer-*.whl
