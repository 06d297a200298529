"""Make the README's pictures, docs/pictures. It needs playwright and the program chromium."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import Value, Worksheet, draw, page
from nn import MLP, half_squared_error

PICTURES = Path(__file__).parent / "pictures"
SHEET = """\
x = 0.5,  w = 0.8,  v = -1.3
a = sigmoid(w x)       -> 0.5987
C = ½(v a − 0.9)²      -> 1.4083
∂C/∂w                  -> 1.0909
w' = w − 0.1 ∂C/∂w     -> 0.6909
"""  # as the README shows it
BODY = "font: 15px sans-serif; margin: 0; padding: 14px; width: 720px; background: white"


def two_two_one() -> Value:
    """Return the cost of the 2-2-1 network, after backward."""
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    cost = half_squared_error(net([Value(0.5, "x1"), Value(0.1, "x2")]), Value(0.8, "y"))
    cost.label = "C"
    cost.backward()
    return cost


def large_network() -> Value:
    """Return the cost of MLP(2, [16, 16, 1]), after backward."""
    net = MLP(2, [16, 16, 1], activation="tanh", seed=1)
    cost = half_squared_error(net([Value(0.5, "x1"), Value(-1.2, "x2")]), Value(1.0, "y"))
    cost.label = "C"
    cost.backward()
    return cost


def main() -> None:
    draw(two_two_one()).film(PICTURES / "sweep.svg")
    draw(large_network()).save(PICTURES / "network.svg")
    report = Worksheet.parse(SHEET).check()._repr_html_()
    sheet = f'<meta charset="utf-8"><body style="{BODY}">{report}'
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        shown = browser.new_page(viewport={"width": 1280, "height": 800})
        shown.set_content(page(two_two_one()).html)
        shown.keyboard.press("End")
        for _ in range(4):  # to the step that reaches W1[1,1]
            shown.keyboard.press("ArrowLeft")
        shown.wait_for_timeout(500)
        shown.screenshot(path=PICTURES / "page.png")
        shown = browser.new_page(viewport={"width": 748, "height": 100})
        shown.set_content(sheet)
        shown.screenshot(path=PICTURES / "sheet.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
