"""Write what opens and what is refused into docs/data.md: ``uv run tests/write_data_page.py``."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data_forms import BEGIN, END, PAGE, table


def main() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    with tempfile.TemporaryDirectory() as folder:
        made = table(Path(folder))
    PAGE.write_text(f"{before}{BEGIN}\n\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
