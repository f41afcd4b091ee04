#!/usr/bin/env bash
# Build the wheel, carry it and all it needs to an empty environment without a network, and use it.
#
#     bash packaging/check_wheel.sh            # on a desktop
#     xvfb-run -a -s "-screen 0 1920x1080x24" bash packaging/check_wheel.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=$(uv python find)

uv build --quiet --out-dir "$work/dist"
echo "the sdist holds every file of the tree"
diff <(git ls-files | sort) \
    <(tar -tf "$work"/dist/*.tar.gz | cut -d/ -f2- | grep -v -e '^PKG-INFO$' -e '/$' -e '^$' | sort)

uv tool run --quiet --python "$python" pip download --quiet --only-binary :all: \
    --dest "$work/wheels" "$work"/dist/*.whl
uv venv --quiet --python "$python" "$work/empty"
uv pip install --quiet --offline --no-index --find-links "$work/wheels" \
    --python "$work/empty" perceptron-explorer
echo "installed without a network: $(find "$work/wheels" -name '*.whl' | wc -l) wheels"

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

uv run --no-sync packaging/drive_window.py "$work/empty/bin/perceptron-explorer"
(cd / && "$work/empty/bin/perceptron-explorer" --report "$work/report" --dataset digits8 --epochs 3)
test -s "$work/report/index.html" -a -s "$work/report/curves.csv"
