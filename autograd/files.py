"""Write files atomically, so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

Name = str | os.PathLike[str]


def write_text(path: Name, content: str) -> None:
    """Write a text file in UTF-8 with ``\\n`` line ends, as `replace_file` does.

    Raises:
        OSError: as `replace_file`.
        ValueError: as `replace_file`.
    """
    replace_file(path, content.encode("utf-8"))


def write_html(path: Name, html: str) -> str:
    """Write a page to a file atomically, and return the path.

    Raises:
        ValueError: the name does not end in .html or .htm.
        OSError: the file cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{target.name!r} should end in .html")
    write_text(target, html)
    return str(target)


def replace_file(path: Name, content: bytes) -> None:
    """Write `content` to `path`, which holds the old file or the new one at every moment.

    Missing parent folders are created. The content is written to a temporary file in the same
    folder, flushed to the disk, and renamed to `path` in one step. A process killed before that
    step leaves the old file and perhaps a ``.tmp`` file. If `path` is a link, the file that it
    points to is replaced. The new file has the mode of the old one. A pipe, a terminal or another
    device is written to directly, because replacing it would cut off its readers.

    Raises:
        OSError: the folder cannot be written, or there is a folder or a write-protected file of
            that name. The error names `path`, and what was there is unchanged.
        ValueError: `path` has a character that no file name can have.
    """
    with _name_in_errors(path):
        target = Path(os.path.realpath(path))
        mode = _check_mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb") as stream:
                stream.write(content)
            return
        _find_folder(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary, handle = _create_in(target.parent)
        with _remove_on_error(temporary):
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            os.replace(temporary, target)


def check_writable(path: Name) -> None:
    """Check that `replace_file` can write to a path, before the content is computed.

    Raises:
        OSError: as `replace_file`.
        ValueError: as `replace_file`.
    """
    with _name_in_errors(path):
        target = Path(os.path.realpath(path))
        mode = _check_mode(target)
        if mode is None or stat.S_ISREG(mode):
            temporary, handle = _create_in(_find_folder(target))
            os.close(handle)
            temporary.unlink()


def _check_mode(target: Path) -> int | None:
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


def _find_folder(target: Path) -> Path:
    """Return the nearest folder above the target that exists. Refuse what cannot be created."""
    folder = next(parent for parent in target.parents if parent.exists())
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"Not a directory: {folder.name} is a file")
    limit = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    if len(os.fsencode(target.name)) > limit:  # found here, before any folder is created
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    return folder


def _create_in(folder: Path) -> tuple[Path, int]:
    """Create an empty temporary file in a folder, with the default permissions."""
    temporary = folder / f".{os.urandom(16).hex()}.tmp"  # shorter than any limit of a file system
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return temporary, os.open(temporary, flags, 0o666)


@contextlib.contextmanager
def _remove_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


@contextlib.contextmanager
def _name_in_errors(path: Name) -> Iterator[None]:
    """Let an error name the path that the caller wrote, not a temporary file."""
    try:
        yield
    except ValueError as error:  # a null character, or half of a surrogate pair
        raise ValueError(f"{os.fspath(path)!r} is not the name of a file: {error}") from None
    except OSError as error:
        if error.errno is None:
            raise
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from None
