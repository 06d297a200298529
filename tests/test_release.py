"""What is released: built twice it is the same, it is whole, and it has one version."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent
VERSION = autograd.__version__


def built(folder):
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return built(tmp_path_factory.mktemp("dist"))


needs_build = pytest.mark.optional("build", "hatchling")


@needs_build
def test_building_twice_gives_the_same_bytes(files, tmp_path):
    def digests(found):
        return {name: hashlib.sha256(path.read_bytes()).digest() for name, path in found.items()}

    assert digests(built(tmp_path)) == digests(files)
    assert len(files) == 2


@needs_build
def test_the_wheel_has_the_packages_with_their_assets_and_nothing_else(files):
    (wheel,) = (path for name, path in files.items() if name.endswith(".whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    assert tops == {"autograd", "nn", "gradtrace", f"gradtrace-{VERSION}.dist-info"}
    for package in ("autograd", "nn", "gradtrace"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and not {"__pycache__", "compiled"} & {*path.parts}:
                assert path.relative_to(ROOT).as_posix() in names
    assert not [n for n in names if "test" in n or n.endswith(".ipynb")]
    assert {"autograd/views/assets/page.html", "autograd/py.typed", "nn/py.typed"} <= names


@needs_build
def test_the_source_has_what_its_tests_and_documents_need(files):
    (source,) = (path for name, path in files.items() if name.endswith(".tar.gz"))
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "SECURITY.md",
        "Makefile",
        "docs/index.md",
    ):
        assert name in names
    assert "tests/test_release.py" in names


@pytest.mark.optional("build", "hatchling", "twine")
def test_the_index_accepts_the_description(files):
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, files.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def test_the_version_is_written_once_and_cited_alike():
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {VERSION}\n" in cited
    assert f"[Unreleased]: {VERSION}" in (ROOT / "CHANGELOG.md").read_text(
        encoding="utf-8"
    ) or f"[{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    written = [
        path.name
        for package in ("autograd", "nn", "gradtrace")
        for path in (ROOT / package).rglob("*.py")
        if f'"{VERSION}"' in path.read_text(encoding="utf-8")
    ]
    assert written == ["version.py"]
