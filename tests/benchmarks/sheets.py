"""What it costs to check a long worksheet: processor time of reading and of judging it, by kind.

    python tests/benchmarks/sheets.py [lines]

Every sheet is checked with the given number of lines, 2,000 by default, and with a tenth of it. The
last column compares the times per line. It stays near 1 if the time grows with the lines.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, islice

from autograd import Worksheet

LINES, ROUNDS = 2_000, 5
W, X, B, T, ETA = 0.8, 0.5, 0.1, 0.9, 0.1


def network() -> Iterator[str]:
    """Yield the forward pass of a deep network with one neuron per layer, and its backward pass."""
    yield from ("x = 0.5", "w = 0.8", "b = 0.1")
    a, before = X, "x"
    for k in count(1):
        z = W * a + B
        a = math.tanh(z)
        yield f"z{k} = w*{before} + b = 0.8*{before} + 0.1 -> {z:.6f}"
        yield f"a{k} = tanh(z{k}) -> {a:.6f}"
        before = f"a{k}"


def gradients() -> Iterator[str]:
    """Yield many small networks, each with all its gradients."""
    for k in count(1):
        a = math.tanh(W * X + B)
        delta = (a - T) * (1 - a * a)
        yield from (f"x{k} = 0.5", f"w{k} = 0.8", f"b{k} = 0.1", f"t{k} = 0.9")
        yield f"z{k} = w{k}*x{k} + b{k} = 0.8*0.5 + 0.1 = {W * X + B:.3f}"
        yield f"a{k} = tanh(z{k}) = {a:.6f}"
        yield f"C{k} = 1/2*(a{k} - t{k})^2 = {(a - T) ** 2 / 2:.6f}"
        yield f"dC{k}/da{k} = a{k} - t{k} = {a - T:.6f}"
        yield f"dC{k}/dz{k} = dC{k}/da{k} * (1 - a{k}^2) = {delta:.6f}"
        yield f"dC{k}/dw{k} = dC{k}/dz{k} * x{k} = {delta * X:.6f}"


def steps() -> Iterator[str]:
    """Yield many steps of gradient descent on one weight and one bias."""
    yield from ("x = 0.5", "t = 0.9", "w = 0.8", "b = 0.1")
    w, b = W, B
    while True:
        y = w * X + b
        yield f"y = w*x + b -> {y:.6f}"
        yield f"C = 1/2*(y - t)^2 -> {(y - T) ** 2 / 2:.8f}"
        yield f"dC/dw -> {(y - T) * X:.6f}"
        yield f"dC/db -> {y - T:.6f}"
        w, b = w - ETA * (y - T) * X, b - ETA * (y - T)
        yield f"w' = w - 0.1*dC/dw -> {w:.6f}"
        yield f"b' = b - 0.1*dC/db -> {b:.6f}"
        yield "---"


def numbers() -> Iterator[str]:
    """Yield calculations with numbers alone."""
    for k in count(1):
        yield f"z{k} = 0.8*{k} + 0.1 = {0.8 * k:.1f} + 0.1 = {0.8 * k + 0.1:.1f}"
        yield f"{k} * 0.5 + 0.25 = {k * 0.5 + 0.25:.2f}"


def wrong() -> Iterator[str]:
    """Yield small networks in which a number of every other line is wrong."""
    for k in count(1):
        a = math.tanh(W * X + B)
        yield from (f"x{k} = 0.5", f"w{k} = 0.8", f"t{k} = 0.9")
        yield f"a{k} = tanh(w{k}*x{k} + 0.1) -> {a + 0.0321:.4f}"
        yield f"C{k} = 1/2*(a{k} - t{k})^2 -> {(a - T) ** 2 + 0.003:.4f}"
        yield f"dC{k}/dw{k} -> {(a - T) * X:.4f}"


def matrices() -> Iterator[str]:
    """Yield layers of vectors and matrices."""
    yield from ("x = [0.5, 0.1]", "W = [[0.4, 0.2], [0.3, 0.7]]", "b = [0.1, -0.3]")
    a, before = [0.5, 0.1], "x"
    for k in count(1):
        z = [0.4 * a[0] + 0.2 * a[1] + 0.1, 0.3 * a[0] + 0.7 * a[1] - 0.3]
        a = [max(one, 0.0) for one in z]
        yield f"z{k} = W @ {before} + b -> [{z[0]:.6f}, {z[1]:.6f}]"
        yield f"a{k} = relu(z{k}) -> [{a[0]:.6f}, {a[1]:.6f}]"
        before = f"a{k}"


def latex() -> Iterator[str]:
    """Yield LaTeX."""
    yield r"\begin{align}"
    for k in count(1):
        y = W * X + B
        yield rf"x_{{{k}}} &= 0.5 \\"
        yield rf"w_{{{k}}} &= 0.8 \\"
        yield rf"z_{{{k}}} &= w_{{{k}}} x_{{{k}}} + 0.1 = 0.8 \cdot 0.5 + 0.1 = {y:.3f} \\"
        yield rf"E_{{{k}}} &= \frac{{1}}{{2}} (z_{{{k}}} - 0.9)^2 \approx {(y - T) ** 2 / 2:.6f} \\"
        yield (
            rf"\frac{{\partial E_{{{k}}}}}{{\partial w_{{{k}}}}} &= (z_{{{k}}} - 0.9) x_{{{k}}}"
            rf" = {(y - T) * X:.6f} \\"
        )


def markdown() -> Iterator[str]:
    """Yield Markdown with headings, prose, lists and calculations."""
    for k in count(1):
        y = W * X + B
        yield from (f"## Exercise {k}", "", "We first compute the output of the neuron.", "")
        yield from (f"- x{k} = 0.5, w{k} = 0.8", f"- **z{k}** = w{k} · x{k} + 0.1 = {y:.3f}", "")
        yield f"The loss is `E{k} = (z{k} - 0.9)^2` = {(y - T) ** 2:.6f}."
        yield f"$$\\frac{{dE{k}}}{{dw{k}}} = {2 * (y - T) * X:.6f}$$"


def prose() -> Iterator[str]:
    """Yield sentences."""
    for k in count(1):
        yield f"Then we look at the slope of neuron {k} and see that it grows with its input."
        yield "This is because the input is positive: see the figure on the next page."


KINDS: tuple[Callable[[], Iterator[str]], ...] = (
    network, gradients, steps, numbers, wrong, matrices, latex, markdown, prose,
)  # fmt: skip


def sheet(kind: Callable[[], Iterator[str]], lines: int) -> str:
    """Return a sheet of one kind with this many lines."""
    return "\n".join(islice(kind(), lines))


def seconds(text: str) -> tuple[float, float]:
    """Return the least processor time of reading a sheet, and of judging it."""
    reading, judging = [], []
    for _ in range(ROUNDS):
        start = time.process_time()
        parsed = Worksheet.parse(text, goes_on=True)
        middle = time.process_time()
        str(parsed.check())
        reading.append(middle - start)
        judging.append(time.process_time() - middle)
    return min(reading), min(judging)


def main(lines: int) -> None:
    print(f"{lines} lines        read    judge      sum   per line, against {lines // 10} lines")
    for kind in KINDS:
        read, judge = seconds(sheet(kind, lines))
        short = sum(seconds(sheet(kind, lines // 10)))
        total = read + judge
        print(
            f"{kind.__name__:14} {read:7.3f} {judge:8.3f} {total:8.3f} s {total / short / 10:6.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else LINES)
