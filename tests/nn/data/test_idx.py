"""IDX files: round trips, and errors that name the file, what was expected and what found."""

import gzip
import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nn import DataFileError, read_idx, write_idx

TYPES = ["u1", "i1", ">i2", ">i4", ">f4", ">f8"]
GOOD = struct.pack(">HBBII", 0, 8, 2, 2, 3) + bytes(range(6))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ["a.idx", "a.idx.gz"])
def test_every_type_comes_back_as_it_was(tmp_path, dtype, name):
    array = np.array([[[1, 2], [3, 4], [100, -1 if dtype != "u1" else 255]]]).astype(dtype)
    write_idx(tmp_path / name, array)
    found = read_idx(tmp_path / name)
    assert found.dtype == np.dtype(dtype).newbyteorder("=")
    assert found.dtype.isnative
    found[0, 0, 0] += 0  # it can be written to
    np.testing.assert_array_equal(found, array)


@settings(max_examples=40)
@given(arrays.arrays(st.sampled_from(TYPES), arrays.array_shapes(max_dims=4, min_side=0)))
def test_any_array_comes_back(tmp_path_factory, array):
    path = tmp_path_factory.mktemp("idx") / "a"
    write_idx(path, array)
    found = read_idx(path)
    assert found.shape == array.shape
    assert found.astype(array.dtype).tobytes() == array.tobytes()


def test_the_bytes_are_those_of_the_format(tmp_path):
    write_idx(tmp_path / "a", np.arange(6, dtype=np.uint8).reshape(2, 3))
    assert (tmp_path / "a").read_bytes() == GOOD


def test_gzip_is_told_by_content_and_is_the_same_each_time(tmp_path):
    write_idx(tmp_path / "a.gz", np.ones(9))
    write_idx(tmp_path / "b.gz", np.ones(9))
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    (tmp_path / "plain").write_bytes((tmp_path / "a.gz").read_bytes())
    assert read_idx(tmp_path / "plain").tolist() == [1.0] * 9


def refused(tmp_path, content):
    path = tmp_path / "some-idx"
    path.write_bytes(content)
    with pytest.raises(DataFileError) as caught:
        read_idx(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "expected" in message
    assert "found" in message
    return message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"\0\0\x08", "00 00 08"),
        (b"\x89PNG\r\n\x1a\n", "89 50 4e 47"),
        (b"\0\0\x07\x01" + bytes(9), "00 00 07 01"),
        (b"\0\0\x08\0" + bytes(9), "00 00 08 00"),
        (GOOD[:10], "2 dimensions of 4 bytes; found 6 bytes"),
        (GOOD[:-1], "6 bytes of data; found 5"),
        (GOOD + b"x", "6 bytes of data; found more"),
        (b"\0\0\x08\x02" + b"\xff" * 8 + b"abc", "bytes of data; found a file of 15 bytes"),
        (
            gzip.compress(GOOD, mtime=0)[:-9],
            "a whole gzip file; found a truncated or corrupted one",
        ),
        (gzip.compress(GOOD[:-1], mtime=0), "6 bytes of data; found 5"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, content, message):
    assert message in refused(tmp_path, content)


@pytest.mark.parametrize("packed", [False, True])
def test_every_truncation_is_noticed(tmp_path, packed):
    whole = gzip.compress(GOOD, mtime=0) if packed else GOOD
    for length in range(len(whole)):
        refused(tmp_path, whole[:length])


def test_a_flipped_bit_in_a_gzip_file_is_noticed(tmp_path):
    generator = random.Random(0)
    array = np.frombuffer(generator.randbytes(500), np.uint8)
    write_idx(tmp_path / "a.gz", array)
    whole = bytearray((tmp_path / "a.gz").read_bytes())
    for _ in range(60):
        place = generator.randrange(12, len(whole))  # gzip checks no bit of its own header's date
        broken = whole.copy()
        broken[place] ^= 1 << generator.randrange(8)
        refused(tmp_path, bytes(broken))


@pytest.mark.parametrize("array", [np.ones(3, complex), np.ones(3, np.uint64), np.float64(1.0)])
def test_arrays_the_format_cannot_hold_are_refused(tmp_path, array):
    with pytest.raises(TypeError, match="an IDX file holds"):
        write_idx(tmp_path / "a", np.asarray(array))
    with pytest.raises(TypeError, match=r"write np.array\(…\) of it; got \[1, 2\]"):
        write_idx(tmp_path / "a", [1, 2])
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "none")


def test_some_rows_are_read_without_the_others(tmp_path):
    array = np.arange(60, dtype=np.int16).reshape(10, 3, 2)
    for name in ("array", "array.gz"):
        write_idx(tmp_path / name, array)
        for rows in (slice(0, 3), slice(3, 10), slice(9, None), slice(4, 4), slice(None, -1)):
            assert (read_idx(tmp_path / name, rows) == array[rows]).all()
    whole = (tmp_path / "array").read_bytes()
    (tmp_path / "short").write_bytes(whole[:-10])
    with pytest.raises(DataFileError, match="bytes of data"):
        read_idx(tmp_path / "short", slice(9, 10))


@pytest.mark.parametrize("shape", [(1,) * 255, (2**32 - 1, 0, 2**32 - 1)])
def test_dimensions_that_no_array_has_are_refused_by_the_name_of_the_file(tmp_path, shape):
    path = tmp_path / "strange"
    head = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    path.write_bytes(head + b"\0" * (0 not in shape))
    with pytest.raises(DataFileError, match="strange"):
        read_idx(path)
