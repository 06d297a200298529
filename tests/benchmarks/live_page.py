"""The live page of nearly 2,000 nodes: layout in Python, a step and a moved leaf in Chromium.

Needs Playwright and the program chromium. Limits: layout under 2 s, a step under 50 ms.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import Value, dot, page, tanh

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


def big():
    """25 rows of 50 numbers, each used twice by the next row."""
    row = [Value(0.1 * k, f"x{k}") for k in range(50)]
    for _ in range(25):
        pairs = zip(row, [*row[1:], row[0]], strict=True)
        row = [tanh(a * b) if k % 2 else a - b for k, (a, b) in enumerate(pairs)]
    return dot(row, row)


def main():
    output, times = big(), []
    for _ in range(3):
        begun = time.perf_counter()
        made = page(output)
        size = len(made.html.encode())
        times.append(time.perf_counter() - begun)
    nodes, edges = len(made.graph.nodes), len(made.graph.edges)
    print(f"{nodes:,} nodes, {edges:,} edges: {statistics.median(times):.2f} s, {size:,} bytes")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        program = shutil.which("chromium")
        tab = playwright.chromium.launch(executable_path=program, args=FLAGS).new_page()
        tab.goto(Path(made.save(Path(folder) / "page.html")).as_uri())
        for name, selector in (("step", '[data-go="previous"]'), ("descent", "#descend")):
            took = sorted(tab.evaluate(CLICK, selector))
            print(
                f"{name}: median {took[50]:.1f} ms, 95 % {took[95]:.1f} ms, most {took[-1]:.1f} ms"
            )


if __name__ == "__main__":
    main()
