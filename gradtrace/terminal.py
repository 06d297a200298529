"""Colors for terminals, and output that any terminal can encode."""

from __future__ import annotations

import os
import sys
from typing import TextIO

# The codes of ANSI escape sequences.
_CODES = {"bold": "1", "dim": "2", "good": "32", "bad": "31"}


def style(text: str, kind: str, stream: TextIO | None = None) -> str:
    """Return the text in a style: "bold", "dim", "good" or "bad".

    The text is returned unchanged if the stream is not a terminal or if NO_COLOR is set
    (https://no-color.org).
    """
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\033[{_CODES[kind]}m{text}\033[0m"


def open_streams() -> None:
    """Open the null device for each standard stream that the shell closed, as by ``>&-``."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - kept open


def replace_unencodable(*streams: TextIO) -> None:
    """Let streams write ? for a character that they cannot encode, instead of raising an error."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and "utf" not in (stream.encoding or "").lower():
            reconfigure(errors="replace")
