"""Reading and writing of IDX files, the format of MNIST.

A file begins with two zero bytes, one byte for the type, one byte for the number of dimensions, and
four bytes for each dimension. The data follow in C order. All numbers are big-endian. LeCun, Cortes
and Burges defined the format.
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from autograd.files import Name, replace_file

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(name): code for code, name in TYPES.items()}
# The largest number of bytes of data in one byte of a gzip file. The format allows 1,032, and the
# rest is a margin.
_MOST_PACKED = 1040


class DataFileError(ValueError):
    """A file has the wrong content. The message says what was expected and what was found."""


def read_idx(path: Name, rows: slice = slice(None)) -> NDArray[np.generic]:
    """Return the array in an IDX file, or some of its rows. Other rows are not held in memory.

    The file may be gzipped. Its first two bytes show that, so its name does not matter. The array
    is writable and has the byte order of this machine.

    Raises:
        TypeError: `rows` is not a slice of whole numbers.
        ValueError: the step of `rows` is not 1.
        DataFileError: the file is not an IDX file, or it is truncated or corrupted.
        OSError: the file cannot be opened.
    """
    _check_rows(rows)
    with open(os.fspath(path), "rb") as file:
        is_gzipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            return _read(
                gzip.GzipFile(fileobj=file) if is_gzipped else file, path, is_gzipped, rows
            )
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _file_error(
                path, "a whole gzip file", f"a truncated or corrupted one ({error})"
            ) from None


def _check_rows(rows: slice) -> None:
    ends = (rows.start, rows.stop, rows.step) if isinstance(rows, slice) else ("",)
    if not all(end is None or isinstance(end, int | np.integer) for end in ends):
        raise TypeError(f"rows are a slice of whole numbers, such as slice(0, 100); got {rows!r}")
    if rows.step not in (None, 1):
        raise ValueError(f"rows are read one after the other, without a step; got {rows!r}")


def write_idx(path: Name, array: NDArray[np.generic]) -> None:
    """Write an array to an IDX file in one atomic step. A name that ends in .gz makes it gzipped.

    Raises:
        TypeError: the array is of a type that the format does not have.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_idx(f"{folder}/labels.idx", np.array([3, 1, 4], np.uint8))
    ...     read_idx(f"{folder}/labels.idx").tolist()
    [3, 1, 4]
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"an IDX file holds an array: write np.array(…) of it; got {array!r:.40}")
    dtype = array.dtype.newbyteorder(">")
    if dtype not in _CODES:
        names = ", ".join(known.name for known in _CODES)
        raise TypeError(f"an IDX file holds {names}; got {array.dtype}: write .astype(…) of it")
    if not 0 < array.ndim < 256:
        raise TypeError(f"an IDX file holds an array of 1 to 255 dimensions; got {array.ndim}")
    head = struct.pack(f">HBB{array.ndim}I", 0, _CODES[dtype], array.ndim, *array.shape)
    content = head + array.astype(dtype, order="C").tobytes()
    # The file has no time (mtime=0), so that equal arrays always give equal bytes.
    replace_file(path, gzip.compress(content, mtime=0) if str(path).endswith(".gz") else content)


def _read(
    file: gzip.GzipFile | BinaryIO, path: Name, is_gzipped: bool, rows: slice
) -> NDArray[np.generic]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or not magic[3]:
        raise _file_error(
            path, "an IDX file (00 00, type 08 to 0e, dimensions)", _describe_bytes(magic)
        )
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise _file_error(path, f"{magic[3]} dimensions of 4 bytes", f"{len(sizes)} bytes")
    shape = struct.unpack(f">{magic[3]}I", sizes)
    dtype = np.dtype(TYPES[magic[2]])
    expected = math.prod(shape) * dtype.itemsize
    _check_size(path, expected, is_gzipped)
    if rows != slice(None):
        start, stop, _ = rows.indices(shape[0])
        row_size = math.prod(shape[1:]) * dtype.itemsize
        file.seek(start * row_size, os.SEEK_CUR)
        shape = (max(stop - start, 0), *shape[1:])
        expected = shape[0] * row_size
    data = file.read(expected + (rows == slice(None)))  # one byte more, to notice a longer file
    if len(data) != expected:
        found = "more" if len(data) > expected else f"{len(data):,}"
        raise _file_error(path, f"{expected:,} bytes of data", found)
    try:
        array = np.frombuffer(data, dtype).reshape(shape)
    except ValueError as error:  # for example, an array has at most 64 dimensions
        raise _file_error(path, "dimensions that an array can have", str(error)) from None
    return array.astype(dtype.newbyteorder("="))


def _check_size(path: Name, expected: int, is_gzipped: bool) -> None:
    """Refuse a header that claims more data than a file of this size can hold."""
    size = os.path.getsize(path)
    if expected > size * (_MOST_PACKED if is_gzipped else 1):
        raise _file_error(path, f"{expected:,} bytes of data", f"a file of {size:,} bytes")


def _describe_bytes(data: bytes) -> str:
    return f"the bytes {data.hex(' ')}" if data else "an empty file"


def _file_error(path: Name, expected: str, found: str) -> DataFileError:
    return DataFileError(f"{Path(path)}: expected {expected}; found {found}")
