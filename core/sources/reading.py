"""How a file is to be read where its content leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass

from core.parameters import Settings, parameter
from core.sources.limits import MAX_IMAGE_SIDE


@dataclass(frozen=True)
class ReadingConfig(Settings):
    """Choices that a file cannot make for us; ``auto`` finds out what can be found out."""

    ink: str = parameter(
        "auto",
        "choice",
        "Ink",
        "Whether the drawing is the bright part, as in MNIST, or the dark one, as on paper. What "
        "is dark is turned over, so that ink is always 1 and ground 0.",
        choices={
            "auto": "found out from the ground",
            "light": "light on dark: as stored",
            "dark": "dark on light: turned over",
        },
        formula="dark on light: x = 1 - x",
    )
    full_ink: float = parameter(
        0.0,
        "float",
        "Full ink",
        "The value of the brightest pixel there can be, as 255 for bytes; it becomes 1. Pixels "
        "beyond it are brought back to it.",
        low=0.0,
        high=1e9,
        zero_word="found out from the values",
        zero_text="auto",
        formula="x = pixel / full ink",
    )
    orientation: str = parameter(
        "auto",
        "choice",
        "Orientation",
        "Whether images are stored row by row, or column by column as EMNIST's are.",
        choices={
            "auto": "upright; EMNIST turned",
            "rows": "upright: as stored",
            "columns": "transposed: turned upright",
        },
    )
    label_column: str = parameter(
        "auto",
        "text",
        "Label column",
        "Where a table has the class of each row: first (as Kaggle's), last, the name of the "
        "column as its first line has it, or auto, found out from the table.",
    )
    ignored_columns: str = parameter(
        "",
        "text",
        "Ignored columns",
        "Names of the columns of a table that are neither label nor pixels, separated by commas.",
    )
    picture_side: int = parameter(
        0,
        "int",
        "Picture side",
        "Pictures of a folder, and larger images of any file, are brought to this many pixels in "
        "height and width.",
        low=0,
        high=MAX_IMAGE_SIDE,
        unit="pixels",
        zero_word="their own where all are alike, else 28",
        zero_text="auto",
    )
    image_height: int = parameter(
        0,
        "int",
        "Image height",
        "How many rows an image has, where a file stores each image as one long row of pixels.",
        low=0,
        high=MAX_IMAGE_SIDE,
        unit="pixels",
        zero_word="square images",
        zero_text="auto",
    )
    arrays: str = parameter(
        "",
        "text",
        "Arrays",
        "Which array of a file is what, where the names do not tell: train_images=a,"
        "train_labels=b,test_images=c,test_labels=d (the test ones may be missing).",
    )
