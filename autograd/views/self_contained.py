"""HTML files that hold all they need: scripts, data, and a policy that allows nothing else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_COMMENT = re.compile(r"^(//.*|/\* .* \*/)?\n", re.MULTILINE)
_REMARK = re.compile(r"(?<=[;,{}]) +// [^\"'`\n]*$", re.MULTILINE)  # a comment after code
_AROUND = re.compile(r" ?([=<>!?:,;&|(){}\[\]*]+) ?")  # signs that need no space around them
_STRING = re.compile(r'("(?:[^"\\]|\\.)*")')
_SPACE = re.compile(r"(?<=[{};,])\s+|\s+(?=[{}])|(?<=:) |;\s*(?=})")  # that CSS can do without


@cache
def asset(package: str, name: str) -> str:
    """Return a file of a package. Scripts and style sheets come without indents and comments."""
    text = files(package).joinpath("assets", name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        return text
    short = _COMMENT.sub("", _INDENT.sub("", text))
    if name.endswith(".css"):
        return _SPACE.sub("", short)
    return "\n".join(map(_without_spaces, _REMARK.sub("", short).split("\n")))


def _without_spaces(line: str) -> str:
    """Return a line of a script without the spaces around its signs, outside of strings.

    A line that holds a template or a regular expression is left as it is.
    """
    if "`" in line or "/" in line or "'" in line:
        return line
    parts = _STRING.split(line)
    return "".join(part if k % 2 else _AROUND.sub(r"\1", part) for k, part in enumerate(parts))


def in_strict_mode(*parts: str) -> str:
    """Return one script in strict mode, in a block that hides its names."""
    return '\n"use strict";\n{\n' + "\n".join(parts) + "}\n"


def policy(script: str, style: str) -> str:
    """Return a Content-Security-Policy that allows this script, this style and nothing else."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    digest = b64encode(sha256(content.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def json_in_html(data: dict[str, Any]) -> str:
    """Return JSON for a script element, without a "<" that could end the element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
