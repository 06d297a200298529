"""The page to play with: predict and reveal, the curve under a leaf, two leaves wiggled."""

import json
import math
import subprocess
from pathlib import Path

import pytest

from autograd import Value, Worksheet, page
from autograd.grading.verdict import judge
from autograd.views.self_contained import asset
from nn import MLP, half_squared_error

SHEETS = sorted((Path(__file__).parents[1] / "grading").rglob("*.calc"))


def cost():
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    c = half_squared_error(net([0.5, 0.1]), 0.8)
    c.backward()
    return c


# --- the verdict in the browser -------------------------------------------------------------------

CORNERS = [
    ("0.0832", 0.083232), ("−0.13", -0.13056), ("0.2408", 0.24080000000000001), ("0.66", 2 / 3),
    ("0.65", 2 / 3), ("0.00", 0.0042), ("4.79999924", 4.8), ("1.5·10⁻³", 0.0015), ("1e-3", 0.001),
    ("1/3", 1 / 3), ("0", 0.0), ("0", 1e-20), ("5", 5.49), ("2", 2.0), ("-0.3", 0.3), ("1.0", 0.95),
    ("1e300", 1e300), ("0.1", 0.3 - 0.2), ("0.125", 0.1250000001), ("12", 12.5), ("13", 12.5),
    ("0.30000001192092896", 0.3), ("0.333333343", 1 / 3), ("7", math.inf),
]  # fmt: skip


@pytest.fixture(scope="module")
def published(every_third):
    """Return every number of every sheet of the tests with the exact one, and near misses of it."""
    pairs = []
    for path in every_third(SHEETS):
        report = Worksheet.read(path).check()
        judged = [one for one in report.lines if one.kind in ("value", "gradient")]
        pairs += [(one.written, one.exact) for one in judged if one.verdict.value != "blank"]
    assert len(pairs) > 150
    return [*pairs, *((text, 1.001 * exact) for text, exact in pairs)]


@pytest.mark.optional("node")
def test_the_browser_judges_published_numbers_as_check_does(optional, published):
    pairs = [(text, exact) for text, exact in [*published, *CORNERS] if math.isfinite(exact)]
    script = [asset("autograd.views", "numbers.js"), asset("autograd.views", "judge.js")]
    script.append(f"const pairs = {json.dumps(pairs)};")
    script.append("console.log(JSON.stringify(pairs.map(([text, x]) => judge(text, x))));")
    done = subprocess.run(
        [optional("node"), "-"], input="\n".join(script), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    wrong = [
        (text, exact, got)
        for (text, exact), got in zip(pairs, json.loads(done.stdout), strict=True)
        if got != judge(text, exact).value
    ]
    assert not wrong


# --- what Python puts beside the numbers ----------------------------------------------------------


def slips_of(y):
    slips = page(y, play=True)._data()["slips"]
    names = [node.label for node in page(y).graph.nodes]
    return slips, names


def test_the_slips_of_a_textbook_are_among_those_of_each_number():
    slips, names = slips_of(cost())
    place = {name: k for k, name in enumerate(names)}
    told = {
        (name, x): slips["words"][k]
        for name in ("W1[1,1]", "z1[1]")
        for x, k in slips["gradients"][place[name]]
    }
    assert "(target − output)" in told["W1[1,1]", 0.1224]
    assert any("forget to multiply by the weight" in said for said in told.values())
    exact = page(cost()).graph.adjoints
    for node, found in slips["gradients"].items():
        assert all(abs(x - exact[node]) > 1e-12 for x, _ in found)


def test_the_plain_page_does_not_grow(tmp_path):
    plain, played = (page(cost(), play=play).html for play in (False, True))
    assert len(plain.encode()) < 150_000
    assert "wiggle" not in plain and "predict" not in plain and "tangent" not in plain
    assert len(played.encode()) < 215_000


def test_a_large_graph_is_judged_in_digits_alone():
    big = half_squared_error(MLP(2, [16, 1], seed=0)([0.5, 0.1]), 0.8)
    assert "slips" not in page(big, play=True)._data()


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def opened(opened):
    """Return a function that opens a page to play with."""
    window = {"width": 1366, "height": 900}
    return lambda y, **options: opened(page(y, play=True), **{"viewport": window} | options)


def answer(tab, typed):
    tab.locator("#guess").fill(typed)
    tab.locator("#guess").press("Enter")
    return tab.locator("#ask [role=status]").inner_text()


@pytest.mark.optional("playwright", "chromium")
def test_both_sweeps_are_predicted_and_the_answers_are_a_worksheet(opened):
    tab = opened(cost())
    tab.locator("#predict").click()
    assert "What is z1[1]?" in tab.locator("#ask").inner_text()
    assert not tab.locator("#player").is_visible() and not tab.locator("#wiggle").is_visible()
    assert "exchange two digits" in answer(tab, "0.23")
    assert answer(tab, "0.32").startswith("Right: z1[1] = 0.32")
    for typed in ("0.32", "-0.08", "0", "0.392"):
        assert answer(tab, typed).startswith("Right")
    assert "too few digits" in answer(tab, "0.1").lower()
    assert "right as rounded" in answer(tab, "0.0832")
    graph = page(cost()).graph
    while "Done" not in tab.locator("#ask").inner_text():
        name = tab.locator("#ask p").first.inner_text().removeprefix("What is ∂C/∂").rstrip("?")
        assert answer(tab, f"{graph.adjoints[graph.index(name)]:.6g}").startswith("Right"), name
    tab.locator("#sheet").click()
    report = Worksheet.parse(tab.locator("#copy-text").input_value()).check()
    wrong = [one.quantity for one in report.lines if not one.verdict.right]
    assert len(wrong) == 1 and wrong[0].startswith("z1")
    count = tab.locator("#ask .soft").inner_text().split()
    assert int(count[0]) == int(count[2]) - 1


MISTAKE = ["0.23", "0.23", "-0.08", "0", "0.338", "0.1067"]  # two digits exchanged, then carried on


@pytest.mark.optional("playwright", "chromium")
def test_a_mistake_is_carried_on_as_check_carries_it_on(opened):
    tab = opened(cost())
    tab.locator("#predict").press("Enter")
    assert "Compute the first one yourself" in tab.locator("#now").inner_text()
    answer(tab, MISTAKE[0])
    tab.locator("#keep").press("Enter")
    assert "You go on with z1[1] = 0.23" in tab.locator("#ask [role=status]").inner_text()
    assert tab.evaluate("document.activeElement.id") == "guess"
    assert (
        "0.32" not in tab.locator("#graph").text_content()
    )  # what was asked for is not given away
    for typed in MISTAKE[1:]:
        said = answer(tab, typed)
        assert said.startswith("Right" if typed in ("-0.08", "0") else "Carried on"), typed
    answer(tab, "-0.462")  # the gradient of z2 in the numbers so far
    tab.locator("#sheet").click()
    report = Worksheet.parse(tab.locator("#copy-text").input_value()).check()
    told = [one.verdict.value for one in report.lines if one.verdict.value != "blank"]
    tab.locator("#close-copy").click()
    tab.locator("#ask summary").click()
    shown = [words.rsplit(": ", 1)[1] for words in tab.locator("#answers li").all_inner_texts()]
    assert shown == told and told.count("carried on") == 4 and told[0] == "wrong"
    score = f"{report.right} of {len(told)} right, {report.carried} carried on"
    assert tab.locator("#ask .soft").inner_text() == score


ASKED_IN_SIGHT = """() => {
  const stage = document.querySelector("#stage").getBoundingClientRect();
  const marked = [...document.querySelectorAll("#graph .card.asked")];
  const boxes = marked.map((card) => card.getBoundingClientRect());
  const names = marked.map((card) => card.querySelector(".name").textContent);
  const inside = (b) => b.left >= stage.left && b.right <= stage.right
    && b.top >= stage.top && b.bottom <= stage.bottom;
  return boxes.every(inside) ? names.map((name) => name.trim().split(" ")[0]) : ["out of sight"];
}"""


@pytest.mark.optional("playwright", "chromium")
def test_the_box_that_is_asked_for_is_marked_and_in_sight(opened):
    tab = opened(cost(), viewport={"width": 800, "height": 700})
    tab.locator("#predict").click()
    assert tab.locator("#ask .soft").inner_text() == ""  # no count before the first answer
    for _ in range(12):
        name = tab.locator("#ask p").first.inner_text().removeprefix("What is ").rstrip("?")
        name = name.removeprefix("∂C/∂")
        tab.wait_for_function(f"({ASKED_IN_SIGHT})().join() === '{name}'")
        tab.locator("#hint").click()
        tab.locator("#hint").click()
    tab.locator("#predict").click()
    assert tab.locator("#graph .card.asked").count() == 0


@pytest.mark.optional("playwright", "chromium")
def test_numbers_are_predicted_by_touch(opened):
    tab = opened(cost(), size="phone", viewport={"width": 390, "height": 844}, has_touch=True)
    tab.locator("#predict").tap()
    tab.locator("#guess").tap()
    tab.keyboard.type("0.3")
    tab.locator("#ask [type=submit]").tap()
    assert "Too few digits" in tab.locator("#ask [role=status]").inner_text()
    tab.locator("#hint").tap()
    assert "W1[1,1]·x1" in tab.locator("#ask [role=status]").inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.optional("playwright", "chromium")
def test_two_leaves_are_wiggled_by_keys_and_by_touch(opened):
    tab = opened(cost(), has_touch=True)
    tab.locator("#wiggle select").first.focus()
    before = tab.locator("#wiggle").inner_text()
    tab.keyboard.press("ArrowUp")
    assert tab.locator("#wiggle").inner_text() != before
    tab.locator("#wiggle-by").tap()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("0.5")
    assert "+ 0.5:" in tab.locator("#wiggle").inner_text()


@pytest.mark.optional("playwright", "chromium")
def test_a_hint_comes_first_and_the_number_on_the_second_request(opened):
    tab = opened(cost())
    tab.locator("#predict").click()
    tab.locator("#hint").click()
    status = tab.locator("#ask [role=status]")
    assert "W1[1,1]·x1 + W1[1,2]·x2 + b1[1]" in status.inner_text()
    assert "What is z1[1]?" in tab.locator("#ask").inner_text()
    tab.locator("#hint").click()
    assert status.inner_text() == "z1[1] = 0.32."
    assert "What is a1[1]?" in tab.locator("#ask").inner_text()


@pytest.mark.optional("playwright", "chromium")
def test_after_a_leaf_was_changed_digits_alone_are_judged(opened):
    tab = opened(cost())
    tab.get_by_label("number of x1").fill("1")
    tab.locator("#predict").click()
    assert answer(tab, "0.23") == "Not yet. Try again, take a hint, or go on with your number."
    assert answer(tab, "0.52").startswith("Right")


def box_of(tab, label):
    return tab.locator(f'#graph .card[aria-label^="{label} "]').first.bounding_box()


@pytest.mark.optional("playwright", "chromium")
def test_a_curve_with_its_kink_is_drawn_under_the_leaf_that_is_dragged(opened):
    tab = opened(cost())
    assert not tab.locator("#curve").is_visible()
    box = box_of(tab, "W1[1,1]")
    tab.mouse.move(box["x"] + 20, box["y"] + 20)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 60, box["y"] + 20, steps=5)
    words = tab.locator("#curve").inner_text()
    assert "C as a function of W1[1,1]" in words
    assert "At W1[1,1] = 0.6: C = 0.06055, slope ∂C/∂W1[1,1] = −0.1044" in words
    assert "Kinks at W1[1,1] = −0.24 (a1[1])" in words  # where 0.5·W1[1,1] + 0.02 + 0.1 is 0
    tab.mouse.up()


@pytest.mark.optional("playwright", "chromium")
def test_the_curve_follows_fingers_and_keys(opened):
    tab = opened(cost(), has_touch=True)
    tab.get_by_label("number of b2[1]").focus()
    tab.keyboard.press("ArrowUp")
    assert "At b2[1] = 0.21" in tab.locator("#curve").inner_text()
    assert "No kink" in tab.locator("#curve").inner_text()
    box = box_of(tab, "W2[1,1]")
    tab.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    assert "C as a function of W2[1,1]" in tab.locator("#curve").inner_text()


@pytest.mark.optional("playwright", "chromium")
def test_two_leaves_are_wiggled_side_by_side(opened):
    a, b = Value(1.0, "a"), Value(1.0, "b")
    y = 3.2 * a + 0.1 * b
    y.label = "C"
    y.backward()
    tab = opened(y)
    words = tab.locator("#wiggle").inner_text()
    assert "a + 0.01: C changes by 0.032" in words and "b + 0.01: C changes by 0.001" in words
    assert "C is 32 times as sensitive to a as to b." in words
    tab.locator("#wiggle-by").fill("-1")
    assert "C changes by −3.2" in tab.locator("#wiggle").inner_text()
    tab.locator("#wiggle select").nth(1).select_option(label="a")
    assert "two different numbers" in tab.locator("#wiggle").inner_text()
    tab.locator("#wiggle-by").fill("0")
    assert "other than 0" in tab.locator("#wiggle").inner_text()
