"""Write files atomically, so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

Name = str | os.PathLike[str]


def write_text(path: Name, content: str) -> None:
    """Write a text file in UTF-8 with ``\\n`` line ends. Missing parent folders are created.

    Raises:
        OSError: as `replace_file`.
    """
    write_bytes(path, content.encode("utf-8"))


def write_bytes(path: Name, content: bytes) -> None:
    """Write a file. Missing parent folders are created.

    Raises:
        OSError: as `replace_file`.
    """
    with _named_by(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)


def replace_file(path: Name, content: bytes) -> None:
    """Write `content` to `path`, which holds the old file or the new one at every moment.

    The content is written to a temporary file in the same folder, flushed to the disk, and renamed
    to `path` in one step. A process killed before that step leaves the old file and perhaps a
    ``.tmp`` file. If `path` is a link, the file that it points to is replaced. A pipe, a terminal
    or another device is written to directly, because replacing it would cut off its readers.

    Raises:
        OSError: the folder cannot be written, or there is a folder or a write-protected file of
            that name. The error names `path`, and what was there is unchanged.
    """
    with _named_by(path):
        target = Path(os.path.realpath(path))
        mode = _checked_mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb") as stream:
                stream.write(content)
            return
        temporary, handle = _create_beside(target)
        with _removed_on_error(temporary):
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            os.replace(temporary, target)


def check_writable(path: Name) -> None:
    """Find out whether `replace_file` can write to a path, before the content is computed.

    Raises:
        OSError: it cannot; the error is the one that `replace_file` would raise.
    """
    with _named_by(path):
        target = Path(os.path.realpath(path))
        mode = _checked_mode(target)
        if mode is None or stat.S_ISREG(mode):
            temporary, handle = _create_beside(target)
            os.close(handle)
            temporary.unlink()


def _checked_mode(target: Path) -> int | None:
    """Return the mode of the target, or None if there is none. Refuse an unwritable target."""
    if target.is_symlink():  # `realpath` resolves all links but those of a loop
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not target.exists():
        return None
    mode = target.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder; write the name of a file in it")
    # The mode itself is checked as well, because root may write to everything.
    if not (mode & 0o222 and os.access(target, os.W_OK)):
        raise PermissionError(errno.EACCES, "is write-protected; nothing was written")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        raise OSError(errno.EINVAL, "is neither a file nor a pipe nor a terminal")
    return mode


def _create_beside(target: Path) -> tuple[Path, int]:
    """Create an empty temporary file in the same folder, with the default permissions."""
    temporary = target.parent / f".{target.name[:40]}.{uuid.uuid4().hex}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return temporary, os.open(temporary, flags, 0o666)


@contextlib.contextmanager
def _removed_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


@contextlib.contextmanager
def _named_by(path: Name) -> Iterator[None]:
    """Let an OSError name the path that the caller wrote, not a temporary file."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from None
