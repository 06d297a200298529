"""Write files atomically: a reader sees the old content or the new, never part of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

Name = str | os.PathLike[str]


def write_text(path: Name, content: str) -> None:
    """Write a text file in UTF-8 with ``\\n`` line ends; its folder is made if there is none.

    Raises:
        OSError: the file cannot be written; the old file is unchanged.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content.encode("utf-8"))


def replace_file(path: Name, content: bytes) -> None:
    """Write `content` to `path`; at every moment the file there is the old one or the new one.

    The content is written to a temporary file in the same folder and forced to the disk; then one
    step gives it the name. A process killed before that step leaves the old file and perhaps a
    ``.tmp`` file.

    Raises:
        OSError: the folder cannot be written; the old file is unchanged.
    """
    target = Path(path)
    handle, temporary = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}.", suffix=".tmp"
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _permissions(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _permissions(target: Path) -> int:
    """Return the old file's permissions, or those of a new file: a temporary file is private."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
