"""Tell whether code belongs to the user or to a library, such as NumPy or this package."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import FrameType

_STANDARD, _INSTALLED = (sysconfig.get_paths()[name] for name in ("stdlib", "purelib"))
_PACKAGE = Path(__file__).parents[1]
_OURS = (f"{_PACKAGE}{os.sep}", f"{_PACKAGE.with_name('nn')}{os.sep}", "<autograd", "<frozen ")


def user_frame(frame: FrameType) -> FrameType:
    """Return the innermost frame that is not in NumPy, the standard library or this package.

    For example, ``statistics.median`` compares Values in its own code. A message should name the
    line that called it, because that line is in the user's code.
    """
    outer: FrameType | None = frame
    while outer is not None and is_library(outer.f_code.co_filename):
        outer = outer.f_back
    return outer or frame


@cache
def is_library(filename: str) -> bool:
    """Return whether a file belongs to NumPy, the standard library or this package."""
    # The folder of installed packages may be inside the folder of the standard library.
    is_standard = filename.startswith(_STANDARD) and not filename.startswith(_INSTALLED)
    return is_standard or filename.startswith(_OURS) or _is_in_numpy(filename)


def _is_in_numpy(filename: str) -> bool:
    numpy = sys.modules.get("numpy")  # if NumPy is not imported, no file of it runs
    return numpy is not None and filename.startswith(f"{Path(str(numpy.__file__)).parent}{os.sep}")
