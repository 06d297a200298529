"""Files replaced as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

Name = str | os.PathLike[str]


def replace_file(path: Name, content: bytes) -> None:
    """Write `content` to `path`: at every moment the file there is the old one or the new one.

    The content goes to a temporary file beside it, is forced to the disk, and takes the name in one
    step; a process killed in between leaves the old file and perhaps a `.tmp` beside it.

    Raises:
        OSError: the folder cannot be written; the old file is still there.
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
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(target: Path) -> int:
    """Return the old file's permissions, or those a new file gets: a temporary file is private."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
