"""Figures as files: what stands in their SVG text, their pixels, their numbers."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.report.drawing import draw
from core.report.figures import (
    BLUE,
    GREEN,
    VERMILION,
    Band,
    Bars,
    Cell,
    Chart,
    Figure,
    Line,
    Mark,
    Matrix,
    Pictures,
    Rule,
    Series,
    Sheet,
)

REPOSITORY = Path(__file__).resolve().parents[1]
X = np.arange(21.0)


def chart(*lines: Line, **more) -> Chart:
    lines = lines or (Line("train", X, 1 / (X + 1)), Line("test", X, 1 / (X + 1) + 0.2, VERMILION))
    return Chart("A title", "and more", x_label="epoch", y_label="error", lines=lines, **more)


def texts(figure: Figure) -> list[str]:
    """What stands in the SVG as text, in the order it was written."""
    root = ET.fromstring(draw(figure, "svg"))
    return ["".join(e.itertext()) for e in root.iter("{http://www.w3.org/2000/svg}text")]


def places(figure: Figure) -> dict[str, tuple[float, float]]:
    """Where each text of the SVG begins or is centred."""
    root = ET.fromstring(draw(figure, "svg"))
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return {"".join(e.itertext()): (float(e.get("x")), float(e.get("y"))) for e in found}


def pixels(figure: Figure) -> np.ndarray:
    with Image.open(io.BytesIO(draw(figure))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def has_colour(found: np.ndarray, colour: str) -> bool:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return bool((np.abs(found - wanted).max(axis=-1) <= 8).any())


def cells(n: int, shape=(28, 28), heading="class {}") -> tuple[Cell, ...]:
    rng = np.random.default_rng(n)
    return tuple(Cell(heading.format(i), f"caption {i}", rng.random(shape)) for i in range(n))


BARS = Bars(
    "Bars",
    "",
    ("0", "1", "2"),
    (Series("before", [0.1, 0.2, np.nan], BLUE, pale=True), Series("after", [0.7, 0.1, 0.2], BLUE)),
    "probability",
    highlighted=1,
    highlighted_label="target",
)
MATRIX = Matrix(
    title="Matrix",
    subtitle="",
    values=np.arange(6.0).reshape(2, 3) - 2,
    row_names=("a", "b"),
    column_names=("x", "y", "z"),
    row_label="true",
    column_label="seen",
    value_label="value",
    texts=(("−2", "−1", "0"), ("1", "2", "3")),
    shades=np.linspace(0, 1, 6).reshape(2, 3),
)
PICTURES = Pictures("Pictures", "", cells(3))
KINDS = (chart(), BARS, MATRIX, PICTURES, Sheet("Sheet", "", ((BARS, chart()), (PICTURES,))))


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.parametrize("figure", KINDS, ids=lambda figure: figure.title)
def test_every_kind_in_every_form_is_the_same_each_time(figure, form):
    drawn = draw(figure, form)
    assert drawn.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form])
    assert drawn == draw(figure, form)
    if form == "png":
        found = pixels(figure)
        assert found.shape[1] == 1600
        for edge in (found[:10], found[-10:], found[:, :10], found[:, -10:]):
            assert (edge == 255).all()


def test_titles_labels_and_names_are_text():
    figure = chart(
        bands=(Band("95 %", X, X / 99, X / 50, GREEN),),
        marks=(Mark("best epoch 7", 7, 0.4),),
        rules=(Rule("learning rate 0.2", 12), Rule("batch size 50", 13)),
    )
    found = texts(figure)
    wanted = {"A title", "and more", "epoch", "error", "train", "test", "95 %", "best epoch 7"}
    assert wanted | {"learning rate 0.2", "batch size 50", "0", "10", "20"} <= set(found)
    assert {"Bars", "before", "after", "target", "0.70", "?", "probability"} <= set(texts(BARS))
    assert {"Matrix", "true", "seen", "a", "z", "−2", "3"} <= set(texts(MATRIX))
    assert {"Pictures", "class 2", "caption 0"} <= set(texts(PICTURES))


def test_names_stand_beside_the_ends_in_the_lines_colours():
    found = places(chart())
    assert found["train"][0] == found["test"][0] > 0.8 * 1600 * 0.36
    assert found["train"][1] > found["test"][1]  # SVG counts down
    both = pixels(chart())
    assert has_colour(both, BLUE)
    assert has_colour(both, VERMILION)
    near = chart(Line("one", X, X), Line("two", X, X * 1.001), Line("three", X, X * 1.002))
    heights = sorted(places(near)[name][1] for name in ("one", "two", "three"))
    assert np.diff(heights).min() > 7


def test_words_of_upright_lines_stand_above_the_curves_and_beside_each_other():
    rules = (Rule("learning rate 0.2", 12), Rule("batch size 50", 13), Rule("epoch 20", 20))
    found = places(chart(Line("rising", X, X), rules=rules, marks=(Mark("best epoch 20", 20, 20),)))
    highest = found["20"][1]  # of the axis, or of its words
    assert all(found[rule.label][1] < found["rising"][1] - 5 for rule in rules)
    assert found["learning rate 0.2"][1] != found["batch size 50"][1]
    assert found["epoch 20"][1] != found["best epoch 20"][1]
    assert highest > found["epoch 20"][1]


def test_words_of_too_many_upright_lines_leave_the_curves_their_room():
    rules = tuple(Rule(f"learning rate {i}", 5 + i / 40) for i in range(40))
    found = places(chart(Line("rising", X, X / 100), rules=rules, marks=(Mark("best", 5.5, 0.1),)))
    assert {"learning rate 0", "best"} <= set(found)
    assert "learning rate 19" not in found
    assert found["0.00"][1] - found["0.20"][1] > 80


def test_of_too_many_curves_the_strong_ones_keep_their_names():
    lines = [Line("no values", X, X * np.nan)]
    lines += [Line(f"run {i}", X, X * 0 + i / 100, strong=i == 33) for i in range(60)]
    found = texts(chart(*lines))
    assert [text for text in found if text.startswith("run ")] == ["run 33"]
    assert "+ 59 more" in found


@pytest.mark.parametrize(
    "y",
    [
        np.full(21, np.nan),
        np.where(X > 5, np.inf, X),
        np.where(X == 3, 0.5, np.nan),
        -(10.0 ** np.minimum(X * 16, 308)),
        X * 0,
        np.full(21, 3e-320),
        X * 0 + 1e308,
    ],
)
@pytest.mark.parametrize("y_log", [False, True])
def test_values_that_are_huge_or_tiny_or_no_numbers(y, y_log):
    figure = chart(Line("line", X, y), Line("empty", X[:0], X[:0]), y_log=y_log)
    there = (y != 0 if y_log else True) & np.isfinite(y)
    assert has_colour(pixels(figure), BLUE) == there.any()
    assert "epoch" in texts(figure)


def test_log_axes_say_their_powers_and_negative_values_are_turned_over():
    figure = chart(Line("up", 10.0**-X, 10.0**X), x_log=True, y_log=True)
    assert {"1e−21", "0.001", "1", "1000", "1e+21"} <= set(texts(figure))
    turned = places(chart(Line("likelihood", X, -(10.0 ** (2 - X / 5))), y_log=True))
    assert turned["−0.1"][1] < turned["−1"][1] < turned["−10"][1]
    ranks = places(chart(Line("rank", X, X % 10 + 1), y_log=True, y_limits=(10, 1)))
    assert ranks["1"][1] < ranks["10"][1]


def test_upright_bars_stand_and_hang_with_plain_numbers():
    figure = chart(
        Line("gained", X, X % 7 * 10, GREEN, bars=1),
        Line("lost", X, X % 5 * 10, VERMILION, bars=-1),
    )
    assert not any("−" in text for text in texts(figure))
    assert {"gained", "lost", "20", "40"} <= set(texts(figure))
    found = pixels(figure)
    assert has_colour(found, GREEN)
    assert has_colour(found, VERMILION)
    rows = list(csv.DictReader(io.StringIO(figure.table().to_csv())))
    assert len(rows) == 42


def test_bars_of_negative_values_and_numbers_beside():
    logits = Series("logit z", [1.5, -2.25, 0.0])
    figure = Bars("", "", ("a", "b", "c"), (Series("s", [-3.0, 5.0, 0.0]),), "v", beside=logits)
    found = places(figure)
    assert {"logit z", "1.50", "−2.25", "0.00"} <= set(found)
    assert found["−3.00"][0] < found["5.00"][0] < found["−2.25"][0]
    assert found["a"][0] < found["−3.00"][0]


def test_shaded_cells_keep_their_words():
    shades = np.array([[0.0, 1.0], [1.0, np.nan]])
    words = (("none", "all"), ("some", ""))
    figure = Matrix(
        "",
        "of all\nof some",
        np.zeros((2, 2)),
        ("a", "b"),
        ("a", "b"),
        "",
        "",
        texts=words,
        shades=shades,
        value_label="images",
        shade_words=("palest", "strongest"),
        shade_label="share of a row",
        hues=("#a61b29", "#1a5fb4"),
    )
    assert {"none", "all", "some", "palest", "strongest", "share of a row"} <= set(texts(figure))
    assert {"of all", "of some"} <= set(texts(figure))
    found = pixels(figure)
    assert has_colour(found, "#a61b29")
    assert not has_colour(found, "#1a5fb4")  # the diagonal is empty or pale
    assert has_colour(found, "#f0f2f5")


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 2), (47, 47), (10, 900), (3, 2000)])
def test_matrices_of_any_size(n_rows, n_columns):
    values = np.random.default_rng(0).random((n_rows, n_columns))
    names = tuple(f"a long name of class {i}" for i in range(n_rows))
    epochs = tuple(map(str, range(n_columns)))
    figure = Matrix("", "", values, names, epochs, "class", "epoch", value_label="share")
    found = places(figure)
    assert {"class", "epoch", "share", "0"} <= set(found)
    assert found["0"][1] < max(y for _, y in found.values())
    assert (pixels(figure)[:, :10] == 255).all()


@pytest.mark.parametrize(
    ("n", "shape"), [(1, (28, 28)), (2, (1, 1)), (3, (30, 5)), (47, (12, 20)), (150, (8, 8))]
)
def test_mosaics_of_any_size(n, shape):
    figure = Pictures("", "", cells(n, shape))
    assert (pixels(figure)[:, :10] == 255).all()
    assert len(texts(figure)) >= 2 * n


def test_pixels_are_sharp_and_keep_their_colours():
    rgb = np.random.default_rng(0).integers(0, 255, (28, 28, 3), dtype=np.uint8)
    found = pixels(Pictures("", "", (Cell("", "", rgb=rgb),)))
    corner = np.argwhere((found == rgb[0, 0]).all(axis=-1)).min(axis=0)
    side = 10  # the largest whole multiple of 28 in the room of 280
    block = found[corner[0] : corner[0] + 28 * side, corner[1] : corner[1] + 28 * side]
    inner = block.reshape(28, side, 28, side, 3)[:, 1:-1, :, 1:-1]
    assert (inner == rgb[:, None, :, None]).all()


def test_signed_images_share_a_scale_and_empty_cells_say_why():
    signed = Cell("w", "", np.linspace(-1, 1, 9).reshape(3, 3), limit=2.0)
    empty = Cell("e", "", empty_words="no image of this class")
    figure = Pictures("", "", (signed, empty), limit=2.0, value_label="weight")
    assert {"weight", "−2.0", "0.0", "2.0", "w", "e"} <= set(texts(figure))
    assert "no image of this class" in " ".join(texts(figure))
    found = pixels(figure)
    assert has_colour(found, "#053061")
    assert has_colour(found, "#f0f2f5")


def test_any_script_is_drawn_and_stays_text():
    names = (
        "déjà – Łódź, İstanbul",
        "άλφα, Ж ж",
        "お o, ン",
        "日本 العربية 한글 😀",
        "$x^2$ & <b> \"'",
    )
    figure = Pictures("", "", tuple(Cell(name, "", X[:, None]) for name in names))
    assert set(names) <= set(texts(figure))
    root = ET.fromstring(draw(figure, "svg"))
    styles = [e.get("style") for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert all("'Inter', 'M PLUS 1', 'DejaVu Sans'" in style for style in styles)
    assert draw(figure, "pdf").startswith(b"%PDF")
    drawn = [pixels(Pictures(name, "", ())) for name in ("άλ", "λά", "お", "を", "日")]
    assert all((one != other).any() for one, other in pairwise(drawn))


def test_a_list_of_fonts_that_lacks_matplotlibs_own_changes_no_picture():
    script = """
import sys
import matplotlib
from matplotlib import font_manager
manager = font_manager.fontManager
if sys.argv[1] == "without":
    brought = matplotlib.get_data_path()
    manager.ttflist = [e for e in manager.ttflist if not e.fname.startswith(brought)]
from core.report.drawing import draw
from core.report.figures import Pictures
sys.stdout.buffer.write(draw(Pictures("Ж 한", "", ()), "png"))
"""
    whole, lacking = (
        subprocess.run(
            [sys.executable, "-W", "error", "-c", script, way],
            cwd=REPOSITORY,
            capture_output=True,
            check=True,
        ).stdout
        for way in ("with", "without")
    )
    assert whole == lacking


def test_what_steers_or_is_no_character_is_written_as_an_escape():
    words = "a\x1b[31m\u202eb\ud800"
    assert "a\\x1b[31m\\u202eb\\ud800" in texts(Pictures(words, "", cells(1)))


def test_long_words_end_with_an_ellipsis_within_the_picture():
    long = "a name that is much longer than the room there is for it " * 5
    figure = Sheet(
        long,
        long,
        (
            (
                chart(Line(long, X, X)),
                Bars(long, long, (long,), (BARS.series[1],), long),
            ),
            (
                Pictures(
                    long, long, (Cell(long, long, X[:, None]), Cell(long, "", empty_words=long))
                ),
            ),
        ),
    )
    assert any(text.endswith("…") for text in texts(figure))
    found = pixels(figure)
    assert (found[:, :10] == 255).all()
    assert (found[:, -10:] == 255).all()


def test_tables_read_back_exactly():
    figure = chart(Line('a, "b"', X, X / 3), bands=(Band("band", X, X, X + 0.1, GREEN),))
    rows = list(csv.reader(io.StringIO(draw(figure, "csv").decode(), newline="")))
    assert rows[0] == ["curve", "epoch", "error", "low", "high"]
    assert rows[2] == ['a, "b"', "1", repr(1 / 3), "", ""]
    assert [float(row[2]) for row in rows[1:22]] == (X / 3).tolist()
    assert rows[22] == ["band", "0", "", "0.0", "0.1"]
    rows = list(csv.reader(io.StringIO(MATRIX.table().to_csv())))
    assert rows[:3] == [["true", "seen", "value"], ["a", "x", "-2.0"], ["a", "y", "-1.0"]]
    rows = list(csv.reader(io.StringIO(PICTURES.table().to_csv())))
    assert [float(value) for value in rows[1][2:]] == PICTURES.cells[0].values.ravel().tolist()
    sheet = Sheet("", "", ((BARS,), (MATRIX,)))
    rows = list(csv.DictReader(io.StringIO(sheet.table().to_csv())))
    assert rows[0]["figure"] == "Bars"
    assert rows[0]["probability"] == "0.1"
    assert rows[-1]["value"] == "3.0"
    assert rows[-1]["probability"] == ""


def test_descriptions_cannot_be_changed():
    values = np.zeros(3)
    line = Line("a", X[:3], values)
    values[0] = 1
    assert line.y[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        line.y[0] = 1


def test_threads_draw_one_after_the_other_and_settings_stay():
    import matplotlib

    before = dict(matplotlib.rcParams)
    expected, found = draw(BARS, "svg"), []
    threads = [threading.Thread(target=lambda: found.append(draw(BARS, "svg"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
    assert dict(matplotlib.rcParams) == before


def in_a_new_python(program: str, **environment: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", **environment},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


_HEAVY = "json.dumps([m in sys.modules for m in ('matplotlib', 'PIL', 'jinja2')])"


def test_descriptions_need_no_drawing_library():
    program = f"import sys, json, core.report.figures, core.report.drawing; print({_HEAVY})"
    assert in_a_new_python(program) == [False, False, False]


def test_no_home_and_a_persons_own_settings_change_nothing(tmp_path):
    """No cache can be kept, and matplotlib's own settings are of another look: the same bytes."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.size: 40\nsavefig.dpi: 30\n")
    program = (
        "import json, hashlib\n"
        "from core.report.figures import *\n"
        "from core.report.drawing import draw\n"
        "figure = Bars('Title', '', ('a',), (Series('s', [1.0]),), 'v')\n"
        "print(json.dumps(hashlib.sha256(draw(figure)).hexdigest()))"
    )
    expected = in_a_new_python(program, HOME=str(tmp_path / "home"))
    assert in_a_new_python(program, HOME="/nonexistent") == expected
    assert in_a_new_python(program, HOME="/x", MATPLOTLIBRC=str(tmp_path)) == expected
