"""The live page in a real browser, used as a person would: clicked, typed, dragged, stepped."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import (
    Graph,
    Value,
    block,
    dot,
    explain,
    log,
    page,
    recording,
    sqrt,
    tanh,
    total,
    trace,
)
from autograd.graph.formulas import Writer
from autograd.graph.wording import number_text
from autograd.views.page import engine_source
from nn import GPT, MLP, RNN, half_squared_error

pytestmark = pytest.mark.optional("playwright", "chromium")


def network():
    return MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])


def cost(net):
    return half_squared_error(net([0.5, 0.1]), 0.8)


@pytest.fixture(scope="module")
def two_two_one():
    return page(cost(network()), title="The 2-2-1 network: C = ½(ŷ − y)²")


END = "#step=9999"  # everything is known


def at_step(tab):
    return int(tab.locator("#count").text_content().split(" / ")[0])


def wait_for(tab, condition):
    """Wait a few seconds at most. (Playwright's own way needs eval, which the page forbids.)"""
    for _ in range(100):
        if condition():
            return
        tab.wait_for_timeout(50)
    raise AssertionError("waited in vain")


def card_of(tab, label):
    return tab.locator(f'#graph .card[aria-label^="{label} "]').first


# --- stepping -------------------------------------------------------------------------------------


def test_every_step_says_what_the_trace_says(opened, two_two_one):
    tab, steps = opened(two_two_one, "#step=0"), trace(two_two_one.graph)
    graph = two_two_one.graph
    assert "Only the given numbers" in tab.locator("#now").text_content()
    for place, step in enumerate(steps, start=1):
        tab.keyboard.press("ArrowRight")
        assert at_step(tab) == place
        said = tab.locator("#now").text_content()
        if step.kind == "forward":
            assert Writer(graph).formula_in_numbers(step.child) in said
            assert said.count(number_text(step.after))
        else:
            values = tab.locator("#now .tile .value").all_text_contents()
            before_after = f"{number_text(step.before)} → {number_text(step.after)}"
            assert values == [
                *map(number_text, (step.upstream, step.local, step.contribution)),
                before_after,
            ]
            assert tab.locator("#graph .edge.current").count() == 1


def test_gradients_appear_only_once_they_are_known(opened, two_two_one):
    tab, graph = opened(two_two_one, "#step=0"), two_two_one.graph
    steps = trace(graph)
    known_at = {len(graph.nodes) - 1: len(steps.forward)}
    for place, step in enumerate(steps, start=1):
        if step.kind == "backward":
            known_at[step.parent] = place
    labels = {node.index: node.label for node in graph.nodes if node.index in known_at}
    for place in range(len(steps) + 1):
        gradients = tab.evaluate(
            "Object.fromEntries([...document.querySelectorAll('.card')].map((c) =>"
            "[c.querySelector('.name')?.firstChild.textContent.trim(),"
            "c.querySelector('.gradient')?.textContent]))"
        )
        for node, label in labels.items():
            full = f"∂ {number_text(graph.adjoints[node])}"
            if place >= known_at[node]:
                assert gradients[label] == full, (place, label)
            else:
                assert gradients[label] in ("", *[g for g in [gradients[label]] if g.endswith("…")])
        tab.keyboard.press("ArrowRight")


def test_all_ways_to_step(opened, two_two_one):
    tab, steps = opened(two_two_one), trace(two_two_one.graph)
    last = len(steps)
    assert at_step(tab) == len(steps.forward)  # opens where the backward sweep is about to begin
    tab.get_by_role("button", name="Next: backward from ∂C/∂C = 1").click()
    assert at_step(tab) == len(steps.forward) + 1
    for button, expected in (
        ("first", 0),
        ("next", 1),
        ("next", 2),
        ("previous", 1),
        ("last", last),
    ):
        tab.click(f'[data-go="{button}"]')
        assert at_step(tab) == expected
    for key, expected in (
        ("Home", 0),
        ("ArrowRight", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 0),
        ("End", last),
    ):
        tab.keyboard.press(key)
        assert at_step(tab) == expected
    tab.locator("#scrubber").fill("7")
    assert at_step(tab) == 7
    tab.locator("#scrubber").focus()
    tab.keyboard.press("ArrowRight")
    assert at_step(tab) == 8


def test_play_runs_and_pauses(opened, two_two_one):
    tab = opened(two_two_one, END)
    tab.select_option("#speed", "240")
    tab.locator("#graph").click(position={"x": 5, "y": 5})
    tab.keyboard.press("Space")  # from the end it begins again
    wait_for(tab, lambda: at_step(tab) == 3)
    tab.click("#play")
    stopped = at_step(tab)
    assert tab.locator("#play").get_attribute("aria-label") == "Play"
    tab.wait_for_timeout(600)
    assert at_step(tab) == stopped


def test_a_link_opens_at_a_step(opened, two_two_one):
    tab = opened(two_two_one, "#step=12")
    assert at_step(tab) == 12
    tab.keyboard.press("ArrowRight")
    wait_for(tab, lambda: tab.url.endswith("#step=13"))
    tab.evaluate("location.hash = '#step=3'")
    wait_for(tab, lambda: at_step(tab) == 3)


# --- live leaves ----------------------------------------------------------------------------------


def moved(**changes):
    """The example's graph with other numbers in leaves."""
    net = network()
    for label, parameter in net.named_parameters():
        parameter.data = changes.get(label, parameter.data)
    return Graph.of(cost(net))


def all_shown(tab):
    return tab.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.card')].map((c) =>"
        "[c.querySelector('.name')?.firstChild.textContent.trim(),"
        "[c.querySelector('.value')?.textContent, c.querySelector('.gradient')?.textContent]]))"
    )


def assert_shows(tab, graph):
    found = all_shown(tab)
    for node in graph.nodes:
        gradient = (
            "" if node.op.name == "constant" else f"∂ {number_text(graph.adjoints[node.index])}"
        )
        assert found[node.label][0] == number_text(node.data), node.label
        assert (found[node.label][1] or "") == gradient, node.label


def test_a_typed_leaf_is_computed_as_python_does(opened, two_two_one):
    tab = opened(two_two_one, END)
    tab.get_by_label("number of W1[2,1]").fill("1.25")
    tab.get_by_label("number of b2[1]").fill("-0,5")
    assert_shows(tab, moved(**{"W1[2,1]": 1.25, "b2[1]": -0.5}))
    tab.get_by_label("number of b2[1]").press("ArrowUp")
    assert_shows(tab, moved(**{"W1[2,1]": 1.25, "b2[1]": -0.49}))
    tab.click("#reset")
    assert_shows(tab, two_two_one.graph)


def test_a_dragged_leaf_is_computed_as_python_does(opened, two_two_one):
    tab = opened(two_two_one, END)
    box = card_of(tab, "W2[1,1]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 20, y, steps=4)
    tab.mouse.move(x + 40, y, steps=4)
    tab.mouse.up()
    now = float(tab.get_by_label("number of W2[1,1]").input_value())
    assert now == pytest.approx(0.8)
    assert_shows(tab, moved(**{"W2[1,1]": now}))


def test_descent_follows_the_steps_of_python(opened, two_two_one):
    from nn import SGD

    tab, net = opened(two_two_one, END), network()
    tab.click("#descend")
    tab.get_by_role("button", name="Ten").click()
    costs = []
    for _ in range(12):
        output = cost(net)
        costs.append(output.data)
        net.zero_grad()
        output.backward()
        before = Graph.of(output)
        SGD(0.1).step(net.parameters())
    assert_shows(tab, before)
    assert tab.locator("#plot circle").count() == 12
    assert (
        f"from {number_text(costs[0])} to {number_text(costs[-1])}"
        in tab.locator("#plot").text_content()
    )


def test_only_chosen_leaves_descend(opened, two_two_one):
    tab = opened(two_two_one, END)
    for box in tab.locator("#leaves input[type=checkbox]").all():
        box.set_checked(False)
    tab.click("#descend")
    assert "No number has a tick" in tab.locator("#problem").text_content()
    tab.get_by_label("descend along b2[1]").check()
    tab.click("#descend")
    assert_shows(tab, moved(**{"b2[1]": 0.2 + 0.1 * 0.408}))


def test_a_number_outside_the_domain_is_explained_and_not_taken(opened):
    x = Value(2.0, "x")
    tab = opened(page(log(x) * 3.0))
    before = all_shown(tab)
    tab.get_by_label("number of x").fill("-1")
    said = tab.locator("#problem").text_content()
    assert "x = −1 was not taken" in said and "log needs x > 0" in said
    assert all_shown(tab) == before and "NaN" not in tab.locator("body").inner_text()
    assert tab.get_by_label("number of x").get_attribute("aria-invalid") == "true"
    tab.get_by_label("number of x").fill("abc")
    assert "“abc” is not a number" in tab.locator("#problem").text_content()
    tab.get_by_label("number of x").fill("4")
    assert not tab.locator("#problem").is_visible()


def test_a_slope_that_is_not_finite_matters_where_a_gradient_reaches_it(opened):
    x, y = Value(4.0, "x"), Value(1.0, "y")
    tab = opened(page(sqrt(x) * y))
    tab.get_by_label("number of x").fill("0")
    assert "sqrt needs x > 0" in tab.locator("#problem").text_content()
    tab.get_by_label("number of y").fill("0")
    tab.get_by_label("number of x").fill("0")
    assert not tab.locator("#problem").is_visible()
    assert tab.locator("#result").text_content().endswith("= 0")


# --- another branch -------------------------------------------------------------------------------


def branched():
    """A page of a graph whose branch was chosen by comparing, once a leaf and once a difference."""
    x, y = Value(1.0, "x"), Value(0.5, "y")
    return page(max(x, 0.0) * 3 + y if x - y > 0 else x)


def test_numbers_that_take_another_branch_get_the_comparison_instead_of_numbers(opened):
    tab = opened(branched())
    before = all_shown(tab)
    assert not tab.locator(".untrue").count()
    tab.get_by_label("number of x").fill("-3")
    said = tab.locator("#now .untrue").text_content()
    assert "was true when this was recorded and is false here" in said or "was false when" in said
    assert "the other branch was never recorded" in said
    assert tab.locator("#result").text_content() == ""
    assert {value for name, (value, _) in all_shown(tab).items() if name not in "xy"} <= {"?", "3"}
    assert "−9" not in tab.locator("#graph").text_content()
    tab.click("#descend")
    assert "another branch would be taken here" in tab.locator("#problem").text_content()
    tab.click("#back")
    assert all_shown(tab) == before
    assert tab.get_by_label("number of x").input_value() == "1"
    assert not tab.locator(".untrue").count()


def test_a_branch_that_is_taken_again_shows_its_numbers_again(opened):
    tab = opened(branched())
    tab.get_by_label("number of y").fill("2")
    assert tab.locator("#now .untrue").count() == 1
    tab.get_by_label("number of x").fill("4")
    assert not tab.locator(".untrue").count()
    assert tab.locator("#result").text_content().endswith("= 14")
    tab.get_by_label("number of x").fill("0")
    tab.keyboard.press("Tab")
    tab.click("#back")
    assert tab.get_by_label("number of x").input_value() == "4"


def test_an_operation_that_a_branch_protects_is_not_blamed(opened):
    x = Value(2.0, "x")
    tab = opened(page((log(x) if x > 0 else -x) * 1.0), "#x=-1")
    wait_for(tab, lambda: tab.locator("#now .untrue").count() == 1)
    assert "`x > 0`" in tab.locator("#now .untrue").text_content()
    assert not tab.locator("#problem").is_visible()
    tab.click("#back")
    assert tab.get_by_label("number of x").input_value() == "2"


# --- reading --------------------------------------------------------------------------------------


def test_a_chosen_node_shows_its_formula_and_all_its_paths(opened):
    x = Value(3.0, "x")
    square = x * x
    square.label = "s"
    y = tanh(square * 0.01) + square * x - x / 2.0
    y.label = "y"
    made = page(y)
    tab, why = opened(made, END), explain(made.graph, wrt="x")
    card_of(tab, "x").click()
    said = tab.locator("#details").inner_text()
    assert f"{why.path_count} paths to y, largest first" in said
    products = tab.locator("#details .paths strong").all_text_contents()
    assert products == [number_text(path.contribution) for path in why.paths]
    assert number_text(why.total, 8) in said
    card_of(tab, "s").click()
    assert "x·x" in tab.locator("#details").inner_text()
    tab.locator("#details .paths button").first.click()
    assert tab.locator("#graph .edge.held").count() >= 1


def test_very_many_paths_are_counted_exactly(opened):
    v = Value(1.0, "x")
    for _ in range(60):
        v = v + v
    tab = opened(page(v), END)
    tab.fill("#find", "x")
    tab.keyboard.press("Enter")
    assert f"{2**60:,} paths" in tab.locator("#details").inner_text()
    tab.get_by_role("button", name="List more paths").click()
    assert tab.locator("#details .paths li").count() == 16


def test_an_edge_says_its_local_derivative_in_words(opened):
    x = Value(0.5, "x")
    y = tanh(x)
    y.label = "y"
    tab = opened(page(y))
    box = tab.locator("#graph .label").first.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "1 minus y squared" in tab.locator("#tip").inner_text()
    tab.mouse.move(2, 2)
    assert not tab.locator("#tip").is_visible()


def test_zoom_pan_and_fit(opened, two_two_one):
    tab = opened(two_two_one)
    window = lambda: [float(x) for x in tab.locator("#graph").get_attribute("viewBox").split()]  # noqa: E731
    whole = window()
    tab.get_by_label("Zoom in").click()
    assert window()[2] < whole[2]
    box = tab.locator("#graph").bounding_box()
    tab.mouse.move(box["x"] + 30, box["y"] + 300)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 130, box["y"] + 340, steps=5)
    tab.mouse.up()
    panned = window()
    tab.mouse.wheel(0, -300)
    assert window()[2] < panned[2]
    tab.get_by_role("button", name="Fit").click()
    assert window() == pytest.approx(whole, abs=0.2)


def test_frames_close_and_levels_change(opened, two_two_one):
    tab = opened(two_two_one, END)
    tab.get_by_role("button", name="Close neuron 1").click()
    assert not card_of(tab, "W1[1,1]").is_visible()
    lid = tab.get_by_role("button", name="Open neuron 1")
    assert "a1[1] = 0.32" in lid.text_content() and "∂ −0.2448" in lid.text_content()
    lid.click()
    assert card_of(tab, "W1[1,1]").is_visible()
    tab.get_by_role("button", name="layers").click()
    card_of(tab, "layer 1").click()
    told = tab.locator("#details").inner_text()
    assert "= 0.32, ∂ −0.2448" in told and "nodes" not in told
    assert tab.locator("#details li").all_text_contents() == [
        "a1[1]= 0.32, ∂ −0.2448",
        "a1[2]= 0, ∂ −0.3672",
    ]
    tab.keyboard.press("Home")
    for _ in range(20):
        tab.keyboard.press("ArrowRight")
    tab.get_by_role("button", name="scalars", exact=True).click()
    assert_shows(tab, two_two_one.graph)


def test_search_finds_a_label(opened, two_two_one):
    tab = opened(two_two_one)
    tab.keyboard.press("/")
    tab.keyboard.type("w1[2")
    assert tab.locator("#found button").all_text_contents() == ["W1[2,1]", "W1[2,2]"]
    tab.locator("#found button").nth(1).click()
    assert "W1[2,2]" in tab.locator("#details h2").text_content()
    tab.fill("#find", "nobody")
    assert "no such name" in tab.locator("#found").inner_text()


def test_the_keyboard_alone_is_enough(opened, two_two_one):
    tab = opened(two_two_one)
    reached = set()
    for _ in range(80):
        tab.keyboard.press("Tab")
        reached.add(
            tab.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"
            )
        )
    wanted = {
        "find",
        "theme",
        "help",
        "First step",
        "Play",
        "Next step",
        "Step",
        "Zoom in",
        "rate",
        "descend",
    }
    assert wanted <= reached
    assert any(label.startswith("C ½Σ(ŷ−y)² 0.083232 ∂ 1") for label in reached if label)
    tab.evaluate("document.querySelector('.card[tabindex=\"0\"]').focus()")
    tab.keyboard.press("p")
    tab.keyboard.press("Enter")
    assert "z2[1]" in tab.locator("#details h2").text_content()
    tab.keyboard.press("c")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("C ")


def test_steps_are_spoken(opened, two_two_one):
    tab = opened(two_two_one, "#step=7")
    said = tab.locator("#live").text_content()
    assert said.startswith(
        "Step 7 of 24. Backward, from C to z2[1]: upstream 1 times local derivative z2[1] minus y"
    )
    assert tab.locator("#live").get_attribute("aria-live") == "polite"


def test_the_step_is_spoken_again_when_a_leaf_changes(opened, two_two_one):
    tab = opened(two_two_one, "#step=7")
    before = tab.locator("#live").text_content()
    tab.get_by_label("number of b2[1]").fill("0.9")
    said = tab.locator("#live").text_content()
    assert said.startswith("Step 7 of 24. Backward, from C to z2[1]: upstream 1 times")
    assert said != before


@pytest.mark.parametrize("size", ["phone", "notebook", "laptop", "projector"])
def test_nothing_sticks_out_sideways(opened, two_two_one, size):
    tab = opened(two_two_one, "#step=12", size=size)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for selector in ("#stage", "#now", "#player"):
        box = tab.locator(selector).bounding_box()
        assert box["width"] > 200 and box["x"] >= 0


def test_it_prints_as_a_picture(opened, two_two_one):
    tab = opened(two_two_one, scheme="dark")
    tab.emulate_media(media="print")
    assert not tab.locator("#player").is_visible() and not tab.locator("aside").is_visible()
    assert card_of(tab, "C").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf()[:5] == b"%PDF-"


def test_reduced_motion_is_respected(opened, two_two_one):
    runners = []
    for motion in ("no-preference", "reduce"):
        tab = opened(two_two_one, "#step=9", reduced_motion=motion)
        tab.keyboard.press("ArrowRight")
        runners.append(tab.locator("#graph .runner").count())
        wait_for(tab, lambda tab=tab: not tab.locator("#graph .runner").count())
    assert runners == [1, 0]


# --- accessibility --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def axe():
    """axe-core's script: GRADTRACE_AXE says where, or node_modules at the top of the repository."""
    place = os.environ.get("GRADTRACE_AXE", "node_modules/axe-core/axe.min.js")
    if not Path(place).is_file():
        pytest.skip("axe-core is not installed: npm install axe-core, or set GRADTRACE_AXE")
    return Path(place).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "laptop"])
def test_axe_finds_no_violation(opened, two_two_one, axe, scheme, size):
    for where in ("#step=0", "#step=4", "#step=12", ""):
        tab = opened(two_two_one, where, size=size, scheme=scheme, bypass_csp=True)
        if not where:
            tab.fill("#find", "W1[1,1]")
            tab.keyboard.press("Enter")
            tab.get_by_label("number of x1").fill("0.7")
            tab.click("#descend")
            tab.click("[data-zoom=fit]")
            tab.get_by_role("button", name="Close neuron 2").click()
        tab.wait_for_timeout(250)
        tab.evaluate(axe)
        found = tab.evaluate("axe.run()")["violations"]
        assert not found, [
            (v["id"], [n["html"][:150] + str(n["any"][:1]) for n in v["nodes"]][:4]) for v in found
        ]


# --- strangers ------------------------------------------------------------------------------------


def test_hostile_labels_are_text(opened, hostile_graph):
    tab = opened(page(hostile_graph, title=hostile_graph.nodes[0].label))
    assert tab.evaluate("window.hacked") is None
    assert tab.locator("#graph script, #graph img, #graph foreignObject").count() == 0
    for k in range(0, 22, 3):
        tab.evaluate(f"location.hash = '#step={k}'")
        tab.wait_for_timeout(30)
    for box in tab.locator("#leaves th button").all():
        box.click()
    assert tab.evaluate("window.hacked") is None and tab.locator("img").count() == 0


def test_it_lives_in_a_rendered_notebook(opened, optional, tmp_path):
    optional("nbconvert")
    optional("ipykernel")
    source = (
        "from autograd import page\nfrom nn import MLP, half_squared_error\n"
        "W, b = [[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]]\n"
        "cost = half_squared_error(MLP.from_arrays(W, b)([0.5, 0.1]), 0.8)\n"
        "page(cost, title='The 2-2-1 network')"
    )
    cell = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
        "id": "a",
    }
    book = tmp_path / "book.ipynb"
    book.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    offline = [
        f"--HTMLExporter.{name}="
        for name in ("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url")
    ]
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "html",
        "--execute",
        "--ExecutePreprocessor.kernel_name=python3",
    ]
    done = subprocess.run(
        [*command, *offline, str(book)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    html = book.with_suffix(".html").read_text(encoding="utf-8")
    tab = opened(re.sub(r'<script type="module">.*?</script>', "", html, flags=re.S))
    frame = tab.frame_locator("iframe")
    frame.locator('[data-go="first"]').click()
    frame.locator('[data-go="next"]').click()
    assert frame.locator("#count").text_content() == "1 / 24"
    frame.get_by_label("number of x1").fill("0.9")
    frame.locator('[data-go="last"]').click()
    expected = half_squared_error(network()([0.9, 0.1]), 0.8)
    assert number_text(expected.data) in frame.locator("#result").text_content()
    assert tab.locator("img").evaluate("(image) => image.complete && image.naturalWidth > 300")


# --- size -----------------------------------------------------------------------------------------

TOUCHED = """async () => {
  let touched = 0;
  const watcher = new MutationObserver((changes) => { touched += changes.length; });
  const all = { subtree: true, childList: true, attributes: true };
  watcher.observe(document.querySelector('#graph'), all);
  for (let k = 0; k < 60; k++) document.querySelector('[data-go="previous"]').click();
  await new Promise((done) => setTimeout(done, 50));
  watcher.disconnect();
  return touched / 60;
}"""  # times are measured in tests/benchmarks/live_page.py


def test_a_step_of_2000_nodes_touches_only_what_changes(opened):
    row = [Value(0.1 * k, f"x{k}") for k in range(50)]
    for _ in range(25):
        pairs = zip(row, [*row[1:], row[0]], strict=True)
        row = [tanh(a * b) if k % 2 else a - b for k, (a, b) in enumerate(pairs)]
    made = page(dot(row, row), level="scalar")
    assert len(made.graph.nodes) > 1900
    tab = opened(made)
    assert tab.locator("#graph .card").count() == len(made.graph.nodes)
    # Of some 15,000 elements: the enlarged boxes, and the neighbors that make room for them.
    assert tab.evaluate(TOUCHED) < 1500


def test_the_digits_network_is_live(opened):
    net = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    image = [((37 * k) % 100) / 100 for k in range(784)]
    output = half_squared_error(net(image), [0.0] * 2 + [1.0] + [0.0] * 7)
    tab = opened(page(output, level="layer", focus="W1[3,400]"))
    assert card_of(tab, "W1[3,400]").is_visible() and card_of(tab, "rest of layer 1").is_visible()
    tab.keyboard.press("Home")
    for _ in range(12):
        tab.keyboard.press("ArrowRight")
    tab.get_by_label("number of W1[3,400]").fill("5")
    tab.click('[data-go="last"]')
    next(p for label, p in net.named_parameters() if label == "W1[3,400]").data = 5.0
    moved_output = half_squared_error(net(image), [0.0] * 2 + [1.0] + [0.0] * 7)
    assert number_text(moved_output.data) in tab.locator("#result").text_content()


def test_the_engine_of_a_page_is_its_own(two_two_one):
    assert engine_source(two_two_one.graph) in two_two_one.html


# --- a network at one look ------------------------------------------------------------------------


def test_a_neuron_opens_in_place_and_the_link_brings_it_back(opened):
    net = MLP(2, [16, 16, 1], seed=1)
    [before] = net([Value(0.5, "x1"), Value(-0.3, "x2")])
    made = page(before)
    tab = opened(made)
    panel = tab.locator("#graph .opened-back")
    assert tab.locator("#graph .card.unit").count() == 2 + 16 + 16 + 1
    assert panel.count() == 0
    tab.locator("#graph .card.unit").nth(5).click()
    wait_for(tab, lambda: panel.count() == 1)
    name = tab.locator("#graph .opened-name").text_content()
    wait_for(tab, lambda: "open=" in tab.evaluate("location.hash"))
    place = re.search(r"open=\d+\.\d+", tab.evaluate("location.hash"))[0]
    tab.get_by_role("button", name="Close").click()
    wait_for(tab, lambda: panel.count() == 0)

    [moved] = net([Value(0.9, "x1"), Value(-0.3, "x2")])
    linked = opened(made, f"#x1=0.9&step=12&{place}")
    wait_for(linked, lambda: linked.locator("#graph .opened-back").count() == 1)
    assert linked.locator("#graph .opened-name").text_content() == name
    assert at_step(linked) == 12
    linked.click('[data-go="last"]')
    assert number_text(moved.data) in linked.locator("#result").text_content()
    linked.keyboard.press("Control+z")
    wait_for(linked, lambda: number_text(before.data) in linked.locator("#result").text_content())


def test_the_line_lights_with_the_node_and_a_click_on_a_line_chooses_its_nodes(opened):
    names = {"Value": Value}
    with recording():
        exec(compile("x = Value(2.0)\ny = x * x\nz = y * y + x", "<cell 3>", "exec"), names)
    view = opened(page(names["z"]), "#step=1")
    lit = view.locator(".code [aria-current=true] .line-number")
    assert lit.all_text_contents() == ["2"]
    view.keyboard.press("End")
    assert lit.all_text_contents() == ["2"]  # the last step is an edge of the product
    line = view.locator(".code button", has=view.locator(".line-number", has_text="3"))
    line.click()
    assert view.locator("#details h2").text_content() == "z"
    assert view.locator("#graph .card.of-line").count() == 2
    line.click()  # again: the product on the same line
    assert "y·y" in view.locator("#details .facts").text_content()
    assert lit.all_text_contents() == ["3"]


def test_a_heat_map_shows_the_attention_and_leads_to_its_numbers(opened):
    gpt = GPT("ab", context=4, size=4, heads=2, seed=0)
    view = opened(page(gpt.cost("ab")))
    figures = view.locator("#tables figure")
    assert figures.count() == 2 and figures.first.locator("button").count() == 6
    cell = figures.first.locator("button").nth(1)
    assert cell.get_attribute("title").startswith("a[2,1] = 0.")
    cell.click()
    assert view.locator("#details h2").text_content() == "a[2,1]"
    assert cell.get_attribute("aria-pressed") == "true"


def two_neurons():
    x = Value(2.0, "x")
    with block("layer 1"), block("neuron 1"):
        a = (2 * x).tanh()
    with block("layer 2"), block("neuron 1"):
        return a.tanh() * a


def two_steps():
    return total(y[0] for y in RNN(1, 2, 1, seed=0)([[0.5], [0.2]]))


@pytest.mark.parametrize("level", ["network", "layer", "neuron"])
@pytest.mark.parametrize("made", [two_neurons, two_steps])
def test_the_numbers_of_a_step_between_folded_boxes_multiply_and_add_up(opened, made, level):
    tab = opened(page(made(), level=level), "#step=0")
    steps = int(tab.locator("#count").text_content().split(" / ")[1])
    pairs = 0
    for _ in range(steps):
        tab.keyboard.press("ArrowRight")
        said = tab.locator("#now").text_content()
        assert not re.search(r"\?|∞|NaN|undefined", said), said
        for tile in tab.locator("#now .tile").all_text_contents():
            products = re.findall(r"\((\S+?)\) · \((\S+?)\)", tile)
            if products and "more" not in tile:
                ours = sum(math.prod(map(in_text, pair)) for pair in products)
                shown = in_text(tile.rsplit(")", 1)[1])
                assert shown == pytest.approx(ours, rel=1e-3), tile
                pairs += 1
    assert pairs or level != "network"


def in_text(words):
    """The number in a text of the page."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    return float(words.replace("·10", "e").translate(raised))
