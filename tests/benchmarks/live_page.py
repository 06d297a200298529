"""The live pages of 2,000 boxes and of 10,000 folded numbers: layout in Python, steps in Chromium.

Needs Playwright and the program chromium. Limits: layout under 2 s, 10,000 numbers open in 1 s, a
step under 50 ms. The time of a picture is processor time, and its share of the page's is printed.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import Graph, Value, dot, draw, page, tanh
from nn import MLP, half_squared_error

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
CLICK = """(selector) => {
  const times = [];
  for (let k = 0; k < 100; k++) {
    const begun = performance.now();
    document.querySelector(selector).click();
    document.querySelector('#graph').getBoundingClientRect();
    times.push(performance.now() - begun);
  }
  return times;
}"""


def rows_of(rows, width):
    """Rows of numbers, each used twice by the next row."""
    row = [Value(0.1 * k, f"x{k}") for k in range(width)]
    for _ in range(rows):
        pairs = zip(row, [*row[1:], row[0]], strict=True)
        row = [tanh(a * b) if k % 2 else a - b for k, (a, b) in enumerate(pairs)]
    return dot(row, row)


def measured(make):
    """The median processor time of three calls, and the last result."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        result = make()
        times.append(time.process_time() - begun)
    return statistics.median(times), result


def report_picture(name, output):
    graph = Graph.of(output)
    drawn, _ = measured(lambda: draw(graph, level="scalar").svg())
    made, _ = measured(lambda: page(graph, level="scalar").html)
    print(f"{name}: a picture in {1000 * drawn:.0f} ms, {drawn / made:.2f} of the page's time")


def report_page(tab, folder, name, output, level=None):
    took, made = measured(lambda: page(output, level=level))
    html, _ = measured(lambda: page(output, level=level).html)
    size = len(made.html.encode())
    print(f"{name}: {len(made.graph.nodes):,} nodes, {took + html:.2f} s, {size:,} bytes")
    tab.goto(Path(made.save(Path(folder) / "page.html")).as_uri())
    opened = tab.evaluate("performance.timing.loadEventEnd - performance.timing.responseStart")
    print(f"  open: {opened} ms")
    for what, selector in (("step", '[data-go="previous"]'), ("descent", "#descend")):
        times = sorted(tab.evaluate(CLICK, selector))
        print(f"  {what}: median {times[50]:.1f} ms, 95 % {times[95]:.1f}, most {times[-1]:.1f}")


def main():
    net = MLP(3, [4, 2], "tanh", seed=0)
    report_picture("50 nodes", half_squared_error(net([0.1, 0.2, 0.3]), [0.0, 1.0]))
    report_picture("2,000 nodes", rows_of(25, 50))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        program = shutil.which("chromium")
        tab = playwright.chromium.launch(executable_path=program, args=FLAGS).new_page()
        report_page(tab, folder, "boxes", rows_of(25, 50), level="scalar")
        report_page(tab, folder, "folded", rows_of(64, 100))


if __name__ == "__main__":
    main()
