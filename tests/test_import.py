"""Importing the packages is quick and brings in nothing that is optional."""

import subprocess
import sys

import pytest


def _seconds(source):
    """Processor time, which other work on the machine changes little."""
    source += "; import time; print(time.process_time())"
    run = [sys.executable, "-c", source]
    return float(subprocess.run(run, check=True, timeout=120, capture_output=True).stdout)


def test_importing_autograd_takes_little_longer_than_importing_numpy():
    # The fastest of several interleaved runs is nearest to the true time. More runs are made while
    # the limit is not met.
    subprocess.run([sys.executable, "-c", "import numpy, autograd"], check=True)  # writes the .pyc
    alone, both = [], []
    for _ in range(20):
        alone.append(_seconds("import numpy"))
        both.append(_seconds("import numpy, autograd"))
        if len(both) >= 3 and min(both) < 2.2 * min(alone):
            return
    raise AssertionError(f"import numpy takes {min(alone):.3f} s, with autograd {min(both):.3f} s")


SHEET = "x = [0.5, 2]\nw = [0.8, -0.1]\nz = w @ x -> 0.2\na = sigmoid(z) -> 0.54983\nda/dz -> 1\n"
RECORDING = """
from autograd import Value, explain, recording, relu, trace
with recording():
    x = Value(3)
    hidden = [x * 2, x**2]
    y = relu(hidden[0] - 0.5) if hidden[1] > 4 else x
y.backward()
str(trace(y)), explain(y, wrt=x)
"""
CHECK = f"""
import autograd
autograd.check({SHEET!r}, reveal="answer")
"""


@pytest.mark.parametrize("source", [RECORDING, CHECK])
def test_numpy_is_imported_only_where_there_are_arrays(source, run_python):
    assert run_python(f"{source}\nimport sys; print('numpy' in sys.modules)") == "False\n"


FIT = """
from nn import MLP, SGD, Data, fit, squared_error
data = Data([[1.0]], [[0.5]])
fit(MLP(1, [1]), data, loss=squared_error, optimizer=SGD(0.1), progress=False)
"""


def test_fit_does_not_import_masked_arrays(run_python):
    assert run_python(f"{FIT}\nimport sys; print('numpy.ma' in sys.modules)") == "False\n"
