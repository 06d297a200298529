"""The playground in Chromium: 2-16-16-1 with 200 points, in mini-batches of 10 and all at once.

Needs Playwright and the program chromium. The aim is 60 frames of training a second.
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from nn import MLP, moons, playground

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SECONDS = 4
FRAMES = """(seconds) => new Promise((done) => {
  let frames = 0;
  const begun = performance.now();
  const frame = () => {
    frames++;
    if (performance.now() - begun < 1000 * seconds) requestAnimationFrame(frame);
    else done(frames / ((performance.now() - begun) / 1000));
  };
  requestAnimationFrame(frame);
})"""


def main():
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for size in (10, 200):
            net = MLP(2, [16, 16, 1], "tanh", seed=0)
            made = playground(net, moons(200, seed=0), batch_size=size, seed=0)
            tab = chromium.new_page()
            tab.goto(Path(made.save(Path(folder) / f"{size}.html")).as_uri())
            idle = tab.evaluate(FRAMES, 1)
            tab.locator("#play").click()
            frames = tab.evaluate(FRAMES, SECONDS)
            tab.locator("#play").click()
            steps = int(tab.locator("#trained").inner_text().split()[1].rstrip(","))
            print(
                f"mini-batches of {size}: {frames:.0f} frames a second ({idle:.0f} idle), "
                f"{steps / SECONDS:.0f} steps a second"
            )


if __name__ == "__main__":
    main()
