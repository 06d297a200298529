"""What it costs to start: processor time of a new interpreter that does one thing and ends.

    python tests/benchmarks/start_up.py

Each case runs in a new process, all in turn, 15 rounds. Printed are the least and the median time,
and how much the least exceeds that of ``import numpy``. Compiled bytecode is on disk, as it is for
everybody from the second start on.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
ROOT = Path(__file__).parents[2]
SHEET = "x = 0.5\nw = 0.8\nz = w*x -> 0.4\na = sigmoid(z) -> 0.5987\n"
FIT = """
from nn import MLP, SGD, fit, moons, squared_error
fit(MLP(2, [8, 1]), moons(40, seed=0), loss=squared_error, optimizer=SGD(0.1), progress=False)
"""


def cases(sheet: Path) -> dict[str, list[str]]:
    """Return the arguments of Python for each case."""
    return {
        "python": ["-c", ""],
        "import numpy": ["-c", "import numpy"],
        "import autograd": ["-c", "import autograd"],
        "import nn": ["-c", "import nn"],
        "first epoch of fit": ["-c", FIT],
        "gradtrace --help": ["-m", "gradtrace", "--help"],
        "gradtrace check": ["-m", "gradtrace", "check", str(sheet)],
    }


def milliseconds(arguments: list[str]) -> float:
    """Return the processor time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, *arguments],
        env={**environment, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.calc"
        sheet.write_text(SHEET)
        found: dict[str, list[float]] = {name: [] for name in cases(sheet)}
        for _ in range(ROUNDS + 1):  # the first round writes the bytecode
            for name, arguments in cases(sheet).items():
                found[name].append(milliseconds(arguments))
    numpy = min(found["import numpy"][1:])
    for name, times in found.items():
        least, median = min(times[1:]), statistics.median(times[1:])
        print(f"{name:20} {least:6.0f} ms ({median:.0f})   NumPy {least - numpy:+5.0f} ms")


if __name__ == "__main__":
    main()
