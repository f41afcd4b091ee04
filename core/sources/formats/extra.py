"""Libraries that only some files need: the extra ``formats``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from core.errors import DatasetError

if TYPE_CHECKING:
    from core.sources.places import Place


def library(path: Place, name: str, package: str, instead: str) -> Any:
    """Return a module of a library that reads ``path``.

    Parameters
    ----------
    path : the file, for the error
    name : of the module
    package : what is installed for it
    instead : what can be done without it, after "or"

    Raises
    ------
    DatasetError
        Saying how it is installed, if it is not.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise DatasetError(
            f"{path}: {package} reads such files and is not installed; type `uv sync --extra "
            f"formats` in the program's folder, or `pip install {package}` where it was installed "
            f"by pip, and open it again, or {instead}"
        ) from error
