"""One data-parallel step on 1, 2, 4 and 8 host devices, beside the model of docs/scale.md.

The model: a step takes a + s·B + c·d seconds of processor time. a is what a step costs in any case,
s what one of B examples costs, and c what each of d devices costs: its copy of the parameters, its
call and its part of the exchange. Processor time is measured because other programs may use the
same cores. On a machine of its own the wall time is this, divided by the smaller of d and the
number of cores. The three numbers are fitted on 1 and 4 devices and predict the steps on 2 and 8.
Needs JAX.

    python tests/benchmarks/scaling.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
from harness import print_machine, repeats_from_command_line

from nn import MLP, Data, squared_error
from nn.train.batched import Compiled

DEVICES = (1, 2, 4, 8)
FITTED = (1, 4)
SIZES, BATCHES = [784, 128, 128, 10], (128, 512, 1_024, 4_096)
INSIDE = "GRADTRACE_SCALING_INSIDE"


def measure(repeats: int) -> dict[int, float]:
    """Return the fewest seconds of processor time that a step of each batch size takes."""
    import jax

    model, rng = MLP(784, SIZES[1:], "sigmoid", "sigmoid", seed=0), np.random.default_rng(0)
    program: Any = Compiled(model, squared_error, Data(np.ones((2, 784)), np.eye(10)[:2])).program
    mesh = jax.make_mesh((jax.device_count(),), ("examples",))
    function, found = program.function("jax", mesh), {}
    for batch in BATCHES:
        columns, laps = rng.random((794, batch)), []
        for _ in range(repeats + 1):
            start = time.process_time()
            function(program.weights, columns)
            laps.append(time.process_time() - start)
        found[batch] = min(laps[1:])  # more is the work of other programs on the same cores
    return found


def in_process(devices: int, repeats: int) -> dict[int, float]:
    """Return what `measure` gives in a process with so many host devices of one thread each."""
    flags = f"--xla_force_host_platform_device_count={devices} --xla_cpu_multi_thread_eigen=false"
    environment = {**os.environ, "XLA_FLAGS": flags, INSIDE: str(repeats)}
    done = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, check=True
    )
    return {int(batch): seconds for batch, seconds in json.loads(done.stdout).items()}


def fit_model(steps: dict[int, dict[int, float]]) -> list[float]:
    """Return a, s and c with the smallest relative errors on some of the numbers of devices."""
    taken = {(d, batch): steps[d][batch] for d in FITTED for batch in BATCHES}
    rows = [np.array([1.0, batch, d]) / seconds for (d, batch), seconds in taken.items()]
    return np.linalg.lstsq(np.array(rows), np.ones(len(rows)))[0].tolist()


def main() -> None:
    if INSIDE in os.environ:
        print(json.dumps(measure(int(os.environ[INSIDE]))))
        return
    repeats = repeats_from_command_line(__doc__, 9)
    print_machine(repeats)
    steps = {devices: in_process(devices, repeats) for devices in DEVICES}
    step, example, device = fit_model(steps)
    print(
        f"{'-'.join(map(str, SIZES))}, float64: a step takes {step * 1e3:.2f} ms of processor time,"
    )
    print(f"an example {example * 1e6:.1f} µs and a device {device * 1e3:.2f} ms\n")
    print("devices   batch   measured     model   measured/model")
    for devices in DEVICES:
        for batch in BATCHES:
            model = step + example * batch + device * devices
            taken = steps[devices][batch]
            print(
                f"{devices:7} {batch:7,} {taken * 1e3:7.1f} ms {model * 1e3:6.1f} ms "
                f"{taken / model:9.2f}"
            )


if __name__ == "__main__":
    main()
