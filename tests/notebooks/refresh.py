"""Run notebooks from top to bottom in fresh kernels, and write them back with what they show.

    python tests/notebooks/refresh.py [--to FOLDER] notebooks/*.ipynb

The kernel runs the packages of this checkout. What is written holds nothing of the machine or the
hour: no times, no versions; a notebook with an error is not written. What was measured stays if its
words are the same, and a picture if it looks the same, so that a second run changes nothing.
"""

import argparse
import base64
import importlib.util
import io
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
SECONDS = 60  # for one notebook
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# MNIST would change the pictures, threads the last bits; and a kernel's debugger warns.
_UNSET = ("GRADTRACE_MNIST", "NO_COLOR", "FORCE_COLOR")
_SET = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def executed(path):
    """Return the notebook with the outputs of a fresh run, in a folder that is then gone.

    Raises:
        CellExecutionError: a cell fails.
        TimeoutError: a cell takes longer than a notebook may.
    """
    notebook = nbformat.read(path, as_version=4)
    environment = {name: text for name, text in os.environ.items() if name not in _UNSET} | _SET
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
        ).execute(env=environment)
    return _plain(notebook)


def _plain(notebook):
    """Return the notebook without what differs from machine to machine."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
            if "image/svg+xml" in output.get("data", ()):
                for kind in ("image/png", "application/pdf"):  # which only some machines can make
                    output.data.pop(kind, None)
    return notebook


def keep_steady(old, new):
    """Put back outputs of the old notebook where what differs does not matter."""
    reading = _load_reading()
    before = {(cell.get("id"), cell["source"]): cell for cell in old.cells}
    for cell in new.cells:
        same = before.get((cell.get("id"), cell["source"]))
        if same is None or cell.cell_type != "code" or len(same.outputs) != len(cell.outputs):
            continue
        pair = [reading.cells_of({"cells": [each]}) for each in (same, cell)]
        if "measured" in cell.metadata.get("tags", ()) and not reading.differences(*pair):
            cell.outputs = same.outputs
        for was, now in zip(same.outputs, cell.outputs, strict=True):
            pictures = [each.get("data", {}).get("image/png") for each in (was, now)]
            if None not in pictures and _looks_the_same(*pictures):
                now.data["image/png"] = was.data["image/png"]


def _looks_the_same(one, other):
    """Whether two pictures differ by the last bits of what they show, which some machines round."""
    from matplotlib.image import imread

    old, new = (imread(io.BytesIO(base64.b64decode(text))) for text in (one, other))
    return old.shape == new.shape and abs(old - new).mean() < 1e-4


def _load_reading():
    spec = importlib.util.spec_from_file_location("reading", Path(__file__).with_name("reading.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["reading"] = module  # because its dataclass looks for its module
    spec.loader.exec_module(module)
    return module


def main(arguments=None):
    """Refresh the notebooks named; return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--to", type=Path, help="where to write them; they stay as they are")
    options = parser.parse_args(arguments)
    failed = 0
    for path in options.notebooks:
        start = time.perf_counter()
        try:
            shown = executed(path)
            keep_steady(nbformat.read(path, as_version=4), shown)
            nbformat.write(shown, (options.to or path.parent) / path.name)
        except (CellExecutionError, TimeoutError) as error:
            failed += 1
            print(f"{path.name}: {error}", file=sys.stderr)
        else:
            print(f"{path.name}: {time.perf_counter() - start:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
