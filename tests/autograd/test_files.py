"""Writing files: whole or not at all, through links, and never over a pipe or a protected file."""

import errno
import os
import re
import stat
import threading

import pytest

from autograd.files import check_writable, replace_file, write_text

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes of POSIX")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_with_its_folder(tmp_path):
    target = tmp_path / "a" / "b.txt"
    write_text(target, "one\ntwo ½\n")
    assert target.read_bytes() == "one\ntwo ½\n".encode()


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def refuse(*_):
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(OSError, match="disk full") as caught:
        write_text(target, "new")
    assert caught.value.filename == str(target)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@posix
def test_the_file_may_be_read_by_whom_the_umask_lets(tmp_path):
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "")
    finally:
        os.umask(old)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@posix
def test_an_old_file_keeps_its_permissions(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    target.chmod(0o604)
    write_text(target, "new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@posix
@pytest.mark.parametrize("pointing", ["file.txt", "not there yet.txt", "link2"])
def test_through_a_link_its_target_is_written(tmp_path, pointing):
    (tmp_path / "file.txt").write_text("old")
    (tmp_path / "link2").symlink_to("file.txt")
    link = tmp_path / "link"
    link.symlink_to(pointing)
    write_text(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "link2").is_symlink()
    assert (tmp_path / pointing).read_text() == "new"


@posix
def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    check_writable(pipe)
    replace_file(pipe, b"content")
    reader.join()
    assert received == [b"content"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
def test_a_device_is_written_to_and_stays(tmp_path):
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    check_writable(link)
    replace_file(link, b"content")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def protected(folder):
    target = folder / "a.txt"
    target.write_text("old")
    target.chmod(0o444)
    return target


def looping(folder):
    for here, there in (("one", "two"), ("two", "one")):
        (folder / here).symlink_to(there)
    return folder / "one"


REFUSED = {
    "links that form a cycle": (looping, "Too many levels of symbolic links"),
    "a write-protected file": (protected, "is write-protected; nothing was written"),
    "a folder": (lambda folder: folder, "is a folder; write the name of a file in it"),
    "a name that is too long": (lambda folder: folder / "none" / ("n" * 256), "too long"),
    "below a file": (lambda folder: protected(folder) / "b.txt", "Not a directory"),
}


@posix
@pytest.mark.parametrize("write", [check_writable, lambda path: replace_file(path, b"new")])
@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused_by_the_name_that_was_given(
    tmp_path, write, make, message
):
    target = make(tmp_path)
    before = names(tmp_path)
    was_link = target.is_symlink()
    with pytest.raises(OSError, match=re.escape(message)) as caught:
        write(target)
    assert caught.value.filename == str(target)
    assert names(tmp_path) == before
    assert target.is_symlink() == was_link
    assert not (tmp_path / "a.txt").exists() or (tmp_path / "a.txt").read_text() == "old"


def test_a_long_name_can_be_written(tmp_path):
    target = tmp_path / ("n" * 250)
    replace_file(target, b"content")
    assert names(tmp_path) == [target.name]


def test_asking_first_changes_nothing(tmp_path):
    check_writable(tmp_path / "a.txt")
    assert names(tmp_path) == []


def test_missing_folders_are_created_and_asking_first_creates_none(tmp_path):
    target = tmp_path / "one" / "two" / "a.txt"
    check_writable(target)
    assert names(tmp_path) == []
    replace_file(target, b"content")
    assert target.read_bytes() == b"content"


@pytest.mark.parametrize("write", [check_writable, lambda path: replace_file(path, b"new")])
def test_a_character_that_no_file_name_can_have_is_named(write):
    with pytest.raises(ValueError, match=r"'a.x00b' is not the name of a file"):
        write("a\0b")
