"""microgpt's loss and gradients: as others write it with a plain Value, and with ours.

The contenders compute the same loss of the same text, of 4,192 parameters, forward and backward.

- plain: `microgpt_code` with the Value in it, which has slots
- as written: the same code with our Value
- with dot: the same code, whose sums of products are one node each
- batch: one of 100 texts of a compiled program, per text
- traced: as written, inside `recording()`, which adds names and lines

Losses and gradients are compared before anything is timed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import microgpt_code as code
import numpy as np
from harness import print_machine, repeats_from_command_line

from autograd import Value, compile, dot, recording  # noqa: A004 - its name, as re.compile has it
from nn import GPT, names

TEXT = "belina"
PROMISED = {"as written": 1.0, "with dot": 4.0, "batch": 300.0}


def run(make, product=code.sum_of_products) -> tuple[float, list[float]]:
    """Return the loss and all gradients of the code with this class of scalars."""
    model = code.model_of(ARRAYS, make)
    loss = code.cost(TOKENS, model, 4, product)
    loss.backward()
    return loss.data, [p.grad for p in code.parameters(model)]


def timed(make, product=code.sum_of_products) -> float:
    model = code.model_of(ARRAYS, make)
    start = time.perf_counter()
    code.cost(TOKENS, model, 4, product).backward()
    return time.perf_counter() - start


def traced() -> float:
    model = code.model_of(ARRAYS, Value)
    start = time.perf_counter()
    with recording():
        loss = code.cost(TOKENS, model, 4)
    loss.backward()
    return time.perf_counter() - start


def batch_of() -> Callable[[], float]:
    """Return the function that times a compiled mini-batch, per text."""
    texts = [name for name in names() if len(name) == len(TEXT)][:100]
    data = GPT_MODEL.data(texts)
    inputs = [Value(x) for x in data.x[0]]
    targets = [Value(y) for y in data.y[0]]
    cost = GPT_MODEL.loss(GPT_MODEL(inputs), targets)
    program = compile(cost, inputs=[*inputs, *targets])
    columns = np.ascontiguousarray(data.rows.T)

    def measure() -> float:
        start = time.perf_counter()
        program.value_and_grad(columns, "mean")
        return (time.perf_counter() - start) / len(texts)

    return measure


GPT_MODEL = GPT(seed=0)
ARRAYS = GPT_MODEL.arrays()
TOKENS = GPT_MODEL.encode(TEXT)


def main() -> None:
    repeats = repeats_from_command_line(__doc__, 5)
    print_machine(repeats)
    loss, gradients = run(code.Plain)
    for make, product in ((Value, code.sum_of_products), (Value, dot)):
        other, slopes = run(make, product)
        assert abs(other - loss) < 1e-12, (other, loss)
        assert np.allclose(slopes, gradients, rtol=0, atol=1e-12)
    contenders = {
        "plain": lambda: timed(code.Plain),
        "as written": lambda: timed(Value),
        "with dot": lambda: timed(Value, dot),
        "traced": traced,
        "batch": batch_of(),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for k in range(repeats + 1):
        for name, measure in contenders.items():
            seconds = measure()
            if k:
                times[name].append(seconds)
    median = {name: statistics.median(found) for name, found in times.items()}
    for name, seconds in median.items():
        ratio = median["plain"] / seconds
        promise = f"   (target ≥ {PROMISED[name]:g})" if name in PROMISED else ""
        print(f"{name:12}{seconds * 1e3:10.3f} ms   plain takes {ratio:.2f} times as long{promise}")
    print(
        f"recording() takes {median['traced'] / median['as written']:.2f} times as long as without"
    )


if __name__ == "__main__":
    main()
