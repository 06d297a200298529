"""Colour for terminals, and only for terminals."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "good": "32", "bad": "31"}


def style(text: str, kind: str, stream: TextIO | None = None) -> str:
    """Return text in a style, "bold", "dim", "good" or "bad", where the stream shows it.

    Plain text when the stream is no terminal, or where NO_COLOR is set (https://no-color.org).
    """
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\033[{_CODES[kind]}m{text}\033[0m"


def speak_unicode(*streams: TextIO) -> None:
    """Let ∂ and − pass on streams of another encoding: written as ?, not as an error."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and "utf" not in (stream.encoding or "").lower():
            reconfigure(errors="replace")
