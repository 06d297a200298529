"""The stage in a real browser: what can be read, folding, the map, copies, small windows."""

import math
from itertools import pairwise

import pytest

from autograd import Graph, Value, Worksheet, logsumexp, page, recording, tanh, total
from autograd.graph.wording import number_text
from nn import GPT, MLP, RNN, half_squared_error

pytestmark = pytest.mark.optional("playwright", "chromium")

LETTERS = """(selector) => [...document.querySelectorAll(selector)]
  .filter((text) => text.textContent && text.checkVisibility({ visibilityProperty: true }))
  .map((text) => parseFloat(getComputedStyle(text).fontSize)
    * (text.ownerSVGElement ? text.getScreenCTM().a : 1))"""
END = "#step=9999"  # everything is known

OVERLAPS = """() => {
  const shown = "#graph :is(.card, .label, .lid, .caption .note, .tag)";
  const boxes = [...document.querySelectorAll(shown)]
    .filter((g) => g.checkVisibility({ visibilityProperty: true }))
    .map((g) => g.getBoundingClientRect()).filter((r) => r.width > 2 && r.height > 2);
  const stage = document.querySelector("#stage").getBoundingClientRect();
  const legend = document.querySelector("#legend").getBoundingClientRect();
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  let found = meet(stage, legend) ? ["legend"] : [];
  boxes.forEach((a, k) => {
    for (const b of boxes.slice(0, k)) if (meet(a, b)) found.push([a.x, a.y, b.x, b.y]);
  });
  return found;
}"""

OUTSIDE = """(selector) => {
  const stage = document.querySelector("#stage").getBoundingClientRect();
  return [...document.querySelectorAll(selector)]
    .map((g) => g.querySelector(".box, .body, .pixel-body").getBoundingClientRect())
    .filter((r) => r.left < stage.left || r.right > stage.right || r.top < stage.top
      || r.bottom > stage.bottom).map(({ x, y }) => [x, y]);
}"""


def two_two_one():
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    return half_squared_error(net([0.5, 0.1]), 0.8)


def softmax():
    exps = [Value(z, f"z{k}").exp() for k, z in enumerate((1.0, 2.0, 0.5), start=1)]
    parts = [e / total(exps) for e in exps]
    return -total([t * p.log() for t, p in zip((1.0, 0.0, 0.0), parts, strict=True)])


def demo():
    """The graph at the top of micrograd's page."""
    a, b = Value(-4.0, "a"), Value(2.0, "b")
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def recurrent(steps):
    w, u, h = Value(0.7, "w"), Value(0.5, "u"), Value(0.0, "h0")
    for t in range(steps):
        h = tanh(w * h + u * Value(math.sin(t), f"x{t + 1}"))
    return (h - 0.5) ** 2


def network(*sizes):
    net = MLP(sizes[0], list(sizes[1:]), "tanh", seed=1)
    x = [Value(math.sin(k), f"x{k + 1}") for k in range(sizes[0])]
    return half_squared_error(net(x), [0.5] * sizes[-1])


def language_model():
    """The cost of one token."""
    gpt = GPT("abc", context=4, size=8, heads=2, seed=0)
    tokens = gpt.encode("cab")
    logits = gpt.logits(tokens[:3])[-1]
    return logsumexp(logits) - logits[tokens[3]]


def steps_in_blocks():
    outputs = RNN(1, 4, 1, seed=0)([[math.sin(t)] for t in range(50)])
    return half_squared_error(outputs[-1], [0.5])


GRAPHS = {
    "2-2-1": two_two_one,
    "softmax": softmax,
    "micrograd": demo,
    "2-16-16-1": lambda: network(2, 16, 16, 1),
    "64-16-16-10": lambda: network(64, 16, 16, 10),
    "RNN of 5": lambda: recurrent(5),
    "RNN of 50": lambda: recurrent(50),
}


DEEP = {**GRAPHS, "GPT": language_model, "RNN of nn": steps_in_blocks}


@pytest.mark.parametrize("name", DEEP)
def test_what_a_step_is_about_can_be_read_at_opening(opened, name):
    tab = opened(page(DEEP[name]()), size="beamer")
    for where in ("End", "Home", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(where)
        tab.wait_for_timeout(300)
        talked = tab.evaluate(LETTERS, "#graph .card.magnified :is(.name, .value, .gradient)")
        lit = tab.evaluate(LETTERS, "#graph :is(.card.lit :is(.name, .value), .tag)")
        assert all(size >= 13.9 for size in talked + lit), (where, talked, lit)
        assert all(
            size >= 14 for size in tab.evaluate(LETTERS, "#now :is(.symbols, .value, .caption)")
        )


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("size", ["beamer", "phone"])
def test_boxes_labels_and_legend_do_not_overlap(opened, name, size):
    tab = opened(page(DEEP[name]()), "#step=0", size=size)
    assert tab.evaluate(OVERLAPS) == []
    for key in ("End", "ArrowLeft", "ArrowLeft", "Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(key)
        tab.wait_for_timeout(50 if key.startswith("Arrow") else 300)
        assert tab.evaluate(OVERLAPS) == [], key


@pytest.mark.parametrize("name", DEEP)
def test_what_a_step_is_about_is_on_the_stage(opened, name):
    tab = opened(page(DEEP[name]()), size="beamer")
    for key in ("End", "Home", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(key)
        tab.wait_for_timeout(400)
        assert tab.evaluate(OUTSIDE, "#graph .magnified") == [], key


def gated():
    """A step of a gated recurrence, with long numbers."""
    x, h, c = Value(0.5, "x"), Value(0.1, "h"), Value(0.2, "c")
    weights = [(Value(0.7 - 0.2 * k), Value(0.1 * k), Value(0.01 * k + 0.003)) for k in range(4)]
    sums = [w * x + u * h + b for w, u, b in weights]
    forget, update, output = (z.sigmoid() for z in sums[:3])
    return (output * tanh(forget * c + update * tanh(sums[3])) - 0.8) ** 2 * 0.001


def moments():
    """A step of an optimizer that keeps moments: products of small numbers."""
    g, m, v, b1, b2 = (
        Value(x, n)
        for x, n in ((0.3, "g"), (0.1, "m"), (0.02, "v"), (0.9, "beta1"), (0.999, "beta2"))
    )
    first, second = (b1 * m + (1 - b1) * g) / (1 - b1**3), (b2 * v + (1 - b2) * g**2) / (1 - b2**3)
    return Value(0.5, "w") - Value(0.001, "eta") * first / (second**0.5 + 1e-8)


CUT_OFF = """() => {
  const now = document.querySelector("#now");
  return [now.scrollWidth > now.clientWidth + 1, now.scrollHeight > now.clientHeight + 1];
}"""


@pytest.mark.parametrize("record", [two_two_one, softmax, gated, moments])
@pytest.mark.parametrize("size", [(828, 680), (1280, 720)])
def test_at_every_step_no_box_covers_another_and_the_equation_is_whole(opened, record, size):
    viewport = dict(zip(("width", "height"), size, strict=True))
    tab = opened(page(record()), "#step=0", viewport=viewport, reduced_motion="reduce")
    for step in range(int(tab.locator("#scrubber").get_attribute("max"))):
        assert tab.evaluate(OVERLAPS) == [], step
        assert tab.evaluate(CUT_OFF) == [False, False], step
        tab.keyboard.press("ArrowRight")


def test_the_lens_leaves_everything_as_it_was(opened):
    tab = opened(page(softmax()), "#step=0", size="beamer")
    places = """() => [...document.querySelectorAll('#graph :is(.card, .label, .line)')]
    .map((g) => {
      const { x, y, width, height } = g.getBoundingClientRect();
      return `${x} ${y} ${width} ${height}`;
    }).sort()"""
    before = tab.evaluate(places)
    for key in ("End", "ArrowLeft", "Home"):
        tab.keyboard.press(key)
        tab.wait_for_timeout(300)
    assert tab.evaluate(places) == before


def test_the_network_opens_whole_and_a_map_shows_where_the_stage_is(opened):
    tab = opened(page(network(2, 16, 16, 1)))
    assert not tab.locator("#map").is_visible()
    for _ in range(4):
        tab.keyboard.press("+")
    assert tab.locator("#map").is_visible()
    before = tab.locator("#graph").get_attribute("viewBox")
    box = tab.locator("#map").bounding_box()
    tab.mouse.click(box["x"] + 20, box["y"] + 20)
    assert tab.locator("#graph").get_attribute("viewBox") != before
    tab.keyboard.press("0")
    assert not tab.locator("#map").is_visible()


CENTERS = "(all) => all.map((circle) => circle.getAttribute('cy'))"
SEEN = """() => {
  const meet = (a, b) => a.left < b.right && b.left < a.right
    && a.top < b.bottom && b.top < a.bottom;
  const [stage, map] = ["#stage", "#map"].map((id) => document.querySelector(id));
  const covered = map.hasAttribute("hidden") ? [] : [...document.querySelectorAll("#graph .card")]
    .filter((g) => meet(g.getBoundingClientRect(), map.getBoundingClientRect()));
  const output = document.querySelector("#graph .output .box").getBoundingClientRect();
  const room = stage.getBoundingClientRect();
  return [covered.length, output.left > room.left && output.right < room.right];
}"""


@pytest.mark.parametrize("name", DEEP)
def test_the_output_stays_in_sight_and_no_box_is_below_the_map(opened, name):
    tab = opened(page(DEEP[name]()), size="beamer")
    for key in ("End", "ArrowLeft", "Home", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(key)
        tab.wait_for_timeout(300)
        assert tab.evaluate(SEEN) == [0, True], key


def test_from_far_away_a_box_shows_one_row_in_letters_that_can_be_read(opened):
    tab = opened(page(demo()), size="beamer")
    tab.keyboard.press("Home")
    shown = "#graph .card:not(.magnified):is(.node, .leaf, .output) text"
    sizes = tab.evaluate(LETTERS, shown)
    assert len(sizes) == tab.locator("#graph :is(.node, .leaf, .output)").count()
    assert min(sizes) >= 8.5


@pytest.mark.parametrize("name", ["micrograd", "softmax", "RNN of 5"])
def test_boxes_come_closer_where_the_labels_between_them_could_not_be_read(opened, name):
    tab = opened(page(GRAPHS[name]()), "#step=0", size="beamer")
    shown = "#graph .label .local"
    boxes = """Math.max(...[...document.querySelectorAll("#graph .box")]
    .map((box) => box.getBoundingClientRect().width))"""
    assert tab.evaluate(LETTERS, shown) == [] and tab.evaluate(OVERLAPS) == []
    tight, wide = tab.evaluate(boxes), "document.querySelector('#graph').viewBox.baseVal.width"
    closed = tab.evaluate(wide)
    tab.keyboard.press("End")
    for _ in range(6):
        tab.keyboard.press("+")
    assert min(tab.evaluate(LETTERS, shown)) >= 10
    assert tab.evaluate(OVERLAPS) == []
    for _ in range(12):
        tab.keyboard.press("-")
    assert tab.evaluate(wide) > 1.1 * closed and tab.evaluate(OVERLAPS) == []
    for key in ("Home", "0"):
        tab.keyboard.press(key)
    assert tab.evaluate(boxes) == pytest.approx(tight)


def test_a_picture_that_is_copied_has_all_its_labels(opened):
    tab = opened(page(demo()), END, size="beamer")
    words = copied(tab, "SVG")
    assert words.count("<text") > 80 and "−0.0041649" in words  # ∂(10/f)/∂f


def test_a_question_is_about_the_box_that_is_enlarged(opened):
    tab = opened(page(demo(), play=True), size="beamer")
    tab.get_by_role("button", name="Predict").click()
    for answer in ("−2", "-8", "8"):
        tab.wait_for_timeout(300)
        assert tab.locator("#graph .asked.magnified").count() == 1
        tab.fill("#guess", answer)
        tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Predict").click()
    assert tab.locator("#graph .magnified").count() == tab.locator("#graph .card.lit").count()


def test_a_cost_that_spans_decades_falls_on_a_logarithmic_scale(opened):
    x = Value(3.0, "x")
    tab = opened(page((x - 1.0) ** 2))
    tab.get_by_role("button", name="Ten").click()
    assert "logarithmic" not in tab.locator("#plot").inner_text()
    tab.get_by_role("button", name="Ten").click()
    assert "logarithmic" in tab.locator("#plot").inner_text()
    heights = [float(y) for y in tab.locator("#plot circle").evaluate_all(CENTERS)]
    steps = [b - a for a, b in pairwise(heights)]
    assert len(steps) == 20 and steps == pytest.approx([steps[0]] * 20, rel=1e-3)


def test_a_closed_frame_gives_its_room_back(opened):
    tab = opened(page(two_two_one()), END)
    width = "document.querySelector('#graph').viewBox.baseVal.width"
    whole = tab.evaluate(width)
    tab.get_by_role("button", name="Close layer 1").click()
    assert tab.evaluate(width) < 0.8 * whole
    lid = tab.get_by_role("button", name="Open layer 1")
    assert "0.32, 0" in lid.text_content() and "∂ −0.2448, −0.3672" in lid.text_content()
    assert tab.evaluate(OVERLAPS) == []
    lid.click()
    assert tab.evaluate(width) == pytest.approx(whole)


def test_an_opened_neuron_is_stepped_edge_by_edge_and_stays_open(opened):
    tab = opened(page(network(2, 8, 8, 1)), "#open=3.5&step=0")
    panel = tab.locator("#graph .opened-back")
    panel.wait_for()
    steps = int(tab.locator("#scrubber").get_attribute("max"))
    lit = said = 0
    for _ in range(steps):
        tab.keyboard.press("ArrowRight")
        lit += tab.locator("#graph .entry-row.lit").count() == 1
        said += "local derivative" in tab.locator("#now").inner_text()
    assert panel.count() == 1
    assert lit == said - 1 == 2 * 8 + 1  # 8 weights, 8 inputs and the bias; and the edge of tanh


@pytest.mark.parametrize(
    ("name", "letters"), [("2-16-16-1", 13.9), ("64-16-16-10", 13.9), ("RNN of 50", 10.7)]
)
def test_around_an_opened_neuron_everything_stays_in_view(opened, name, letters):
    tab = opened(page(GRAPHS[name]()), END, size="beamer", reduced_motion="reduce")
    tab.keyboard.press("ArrowLeft")
    unit = tab.locator("#graph .unit.lit")
    unit.press("Enter")
    assert tab.evaluate(OUTSIDE, "#graph .unit") == []
    sizes = tab.evaluate(LETTERS, "#graph .opened .entry")
    assert min(sizes) >= letters
    tab.keyboard.press("Escape")
    assert tab.locator("#graph .opened-back").count() == 0
    assert tab.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("name", GRAPHS)
def test_the_copied_worksheet_is_right(opened, name):
    tab = opened(page(GRAPHS[name]()))
    report = Worksheet.parse(copied(tab, "worksheet")).check()
    assert report.ok and len(report.lines) > 9
    picture = copied(tab, "SVG")
    assert picture.startswith("<svg") and "class=" not in picture
    latex = copied(tab, "LaTeX")
    assert latex.count("{") == latex.count("}") and r"\partial" in latex


def copied(tab, kind):
    """Return what the page copies when it is asked for its link, SVG, LaTeX or worksheet."""
    tab.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true,"
        " value: {writeText: (text) => { document.title = text }}})"
    )
    tab.select_option("#copy", kind)
    tab.wait_for_timeout(50)
    return tab.evaluate("document.querySelector('title').textContent")


def test_a_dead_relu_is_said_and_reset_takes_the_red_box_away(opened):
    tab = opened(page(two_two_one()))
    tab.get_by_label("number of b1[1]").fill("-5")
    assert "a1[1] died" in tab.locator("#problem").inner_text()
    tab.get_by_label("number of x1").fill("1e308")
    assert "C = " in tab.locator("#problem").inner_text()
    tab.click("#reset")
    assert not tab.locator("#problem").is_visible()
    assert tab.locator("[aria-invalid]").count() == 0


def test_a_page_without_visible_leaves_opens(opened):
    x = Value(0.5, "x")
    for _ in range(6):
        x = tanh(x)
    tab = opened(page(x, depth=2))
    assert number_text(Graph.of(x).output.data) in tab.locator("#result").inner_text()


@pytest.mark.parametrize("name", ["2-2-1", "2-16-16-1", "RNN of nn"])
@pytest.mark.parametrize("size", ["phone", "notebook", "beamer"])
def test_a_page_opens_with_the_forward_equation_and_one_button_for_what_comes_next(
    opened, name, size
):
    tab = opened(page(DEEP[name]()), size=size)
    room = tab.locator("#now").bounding_box()
    button = tab.get_by_role("button", name="Next: backward from").bounding_box()
    equation = tab.locator("#now .equations").bounding_box()
    assert room["x"] <= equation["x"] and equation["width"] >= 200
    assert button["x"] + button["width"] <= room["x"] + room["width"]
    assert button["y"] + button["height"] <= room["y"] + room["height"]
    apart = button["x"] >= equation["x"] + equation["width"]
    assert apart or button["y"] >= equation["y"] + equation["height"]


FARTHEST = """Math.max(document.documentElement.scrollWidth,
  ...[...document.querySelectorAll("header *, #now *, #below *, #player *")]
    .map((element) => element.getBoundingClientRect().right))"""


@pytest.mark.parametrize("name", ["2-2-1", "2-16-16-1", "RNN of 5"])
def test_nothing_sticks_out_of_a_window_and_the_equation_is_above_the_player(opened, name):
    tab = opened(page(DEEP[name]()))
    for width, height in [(320, 640), (390, 844), (701, 520), (736, 560), (781, 560), (828, 620)]:
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate(FARTHEST) <= width
        equation, player = (
            tab.locator(one).bounding_box() for one in ("#now .equations", "#player")
        )
        assert equation["y"] + equation["height"] <= player["y"]


@pytest.mark.parametrize("size", ["phone", "notebook"])
def test_small_windows_show_the_stage_the_step_and_the_player_at_once(opened, size):
    tab = opened(page(network(2, 16, 16, 1)), size=size)
    height = tab.viewport_size["height"]
    for selector in ("#stage", "#player"):
        box = tab.locator(selector).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height


def test_in_a_frame_the_words_are_those_of_a_frame(opened):
    inner = page(two_two_one()).embed(height=600)
    tab = opened(f"<!doctype html><body>{inner}", size="laptop")
    frame = tab.frames[1]
    assert frame.evaluate("document.documentElement.className") == "compact"
    assert frame.evaluate("document.querySelector('#wheel').textContent") == "Ctrl + wheel"


def test_a_layer_comes_to_the_front_with_its_numbers(opened):
    tab = opened(page(network(2, 16, 16, 1)), reduced_motion="reduce")
    numbers = "#graph .unit.circle .value.small"
    assert not tab.locator(numbers).nth(3).is_visible()
    tab.get_by_role("button", name="Look at layer 1").click()
    assert tab.locator(numbers).nth(3).is_visible()
    assert all(size >= 13.9 for size in tab.evaluate(LETTERS, numbers))


def test_a_weight_is_found_inside_its_neuron_and_escape_closes_it(opened):
    tab = opened(page(network(2, 16, 16, 1)))
    tab.fill("#find", "W2[3,4]")
    tab.keyboard.press("Enter")
    assert tab.locator("#graph .opened-name").text_content() == "layer 2, neuron 3"
    assert "W2[3,4]" in tab.locator("#details h2").text_content()
    tab.keyboard.press("Escape")
    assert tab.locator("#graph .opened-back").count() == 0


def test_wires_of_a_focused_neuron_are_drawn_whatever_their_strength(opened):
    tab = opened(page(network(64, 16, 16, 10)))
    extra = tab.locator("#graph .wires").nth(1).locator("path")
    assert extra.count() == 0
    unit = tab.locator("#graph .unit.circle").first
    unit.focus()
    assert extra.count() > 20


LOOKS = """() => [...document.querySelectorAll("#graph .unit.circle")].map((g) => [
  g.ariaLabel, Number(g.querySelector(".body").getAttribute("fill-opacity")),
  Number(g.querySelector(".body").getAttribute("stroke-width"))])"""


def test_what_looks_alike_in_a_network_is_alike_in_every_layer(opened):
    tab = opened(page(network(2, 16, 16, 1)), END)
    looks = []
    for words, fill, ring in tab.evaluate(LOOKS):  # as in "0 x1, gradient −0.05"
        *_, number, slope = words.replace("−", "-").split(", ")
        looks.append((float(number.split()[0]), float(slope.split()[-1]), fill, ring))
    value, gradient = (max(abs(look[k]) for look in looks) for k in (0, 1))
    for x, slope, fill, ring in looks:
        assert fill == pytest.approx(0.6 * abs(x) / value, abs=2e-3)
        assert ring == pytest.approx(1.2 + 3 * abs(slope) / gradient, abs=2e-2)
    legend = tab.locator("#legend").inner_text()
    assert f"darkest {number_text(value, digits=3)}" in legend
    assert f"widest {number_text(gradient, digits=3)}" in legend


def test_the_line_from_the_output_to_the_cost_is_no_weight(opened):
    tab = opened(page(network(2, 16, 16, 1)))
    assert tab.locator("#graph .wire.plain").count() == 1
    assert "no weight" in tab.locator("#legend").inner_text()
    tab.get_by_role("button", name="contributions").click()
    assert tab.locator("#graph .wire.plain").count() == 0


DASHES = """(selector) => [...document.querySelectorAll(selector)].map((line) =>
  [line.closest(".minus") !== null, getComputedStyle(line).strokeDasharray !== "none"])"""


def test_a_lit_wire_is_dashed_only_where_its_weight_is_negative(opened):
    tab = opened(page(network(2, 16, 16, 1)), "#step=30")
    tab.keyboard.press("ArrowRight")
    wires = tab.evaluate(DASHES, "#graph .wire.lit .line")
    assert {True, False} == {negative for negative, _ in wires}
    assert all(negative == dashed for negative, dashed in wires)


def test_the_lines_of_an_opened_neuron_follow_the_switch(opened):
    net = MLP.from_arrays([[[0.4, -0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    output = half_squared_error(net([0.5, -0.1]), 0.8)
    output.backward()
    tab = opened(page(output, level="network"), END)
    tab.get_by_role("button", name="layer 1, neuron 1,").press("Enter")
    neuron = net.layers[0].neurons[0]
    lines = "#graph .entry-row .line:not(.entry-wire)"
    signs = {
        "weights": [w.data for w in neuron.w],
        "gradients": [w.grad for w in neuron.w],
        "contributions": [neuron.b.grad * w.data for w in neuron.w],
    }
    for kind, numbers in signs.items():
        tab.get_by_role("button", name=kind).click()
        shown = [line.get_attribute("class").split()[1] for line in tab.locator(lines).all()]
        assert shown[:2] == ["plus" if x > 0 else "minus" for x in numbers], kind
        assert (shown[2] == "plain") == (kind != "contributions")


def test_the_gradient_of_a_leaf_inside_of_units_is_told_when_it_is_known(opened):
    outputs = RNN(1, 2, 1, seed=0)([[math.sin(t)] for t in range(12)])
    tab = opened(page(half_squared_error([y for step in outputs for y in step], [0.5] * 12)), END)
    shared = tab.locator("#leaves tbody tr", has_text="c[1]").locator("td.number")
    whole = shared.inner_text()
    assert whole != "·"
    for _ in range(3):
        tab.keyboard.press("ArrowLeft")
        assert shared.inner_text() == "·"
    tab.keyboard.press("End")
    assert shared.inner_text() == whole


def test_no_number_of_a_leaf_is_cut(opened):
    numbers = [0.1257302210933933, -0.13210486, 1.2345678e-7, -1234567.25, 3.14159, -0.5]
    leaves = [Value(x, f"W1[{k},1]") for k, x in enumerate(numbers)]
    tab = opened(page(total(leaves)))
    fields = tab.locator("#leaves input[type=text]")
    for field, x in zip(fields.all(), numbers, strict=True):
        assert field.evaluate("(field) => field.scrollWidth <= field.clientWidth"), x
        words = field.input_value()
        assert words in (number_text(x, digits=digits) for digits in (2, 3, 4, 6))
        field.focus()
        assert float(field.input_value().replace("−", "-")) == pytest.approx(x, rel=1e-14)


def test_the_terms_of_an_equation_stand_together(opened):
    tab = opened(page(network(2, 16, 16, 1)), END, size="beamer")
    tab.keyboard.press("ArrowLeft")
    gaps = """[...document.querySelectorAll("#now .product > *")].map((part) =>
      part.getBoundingClientRect()).map((box, k, all) => k ? box.left - all[k - 1].right : 0)"""
    wide = """[...document.querySelectorAll("#now .tile")].map((tile) => tile.clientWidth
      - Math.max(...[...tile.children].map((part) => part.getBoundingClientRect().width)))"""
    assert all(gap <= 20 for gap in tab.evaluate(gaps))
    assert all(room <= 2 for room in tab.evaluate(wide))


def test_the_neurons_that_the_equation_speaks_of_are_named_in_the_picture(opened):
    tab = opened(page(network(2, 16, 16, 1)), END)
    said = tab.locator("#now .caption").all_inner_texts()
    named = tab.locator("#graph .tag").all_text_contents()
    assert len(named) == 3 and all(any(name in words for words in said) for name in named[1:])
    symbols = tab.locator("#now .symbols").first.inner_text()
    assert "∂C/∂z2[" in symbols and "W2[" in symbols


def test_a_language_model_opens_as_blocks_and_a_click_goes_inside(opened):
    tab = opened(page(language_model()), size="beamer", reduced_motion="reduce")
    boxes = tab.locator("#graph .unit.block > .name")
    assert set(boxes.all_text_contents()) == {"embedding", "attention", "MLP", "logits"}
    assert tab.locator("#graph .cell.table").count() == 2 * 3  # heads, tokens
    tab.get_by_role("button", name="layer 1, attention,").click()
    inside = set(boxes.all_text_contents())
    assert {"embedding", "token 1", "head 1", "head 2", "MLP", "logits"} <= inside
    assert tab.evaluate(OVERLAPS) == []
    tab.get_by_role("button", name="layer 1, attention, head 1,").press("Enter")
    assert tab.locator("#graph .opened-name").text_content() == "layer 1, attention, head 1"
    assert tab.locator("#graph .unit.circle").count() == 3 + 1 + 3 + 4
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    assert set(boxes.all_text_contents()) == {"embedding", "attention", "MLP", "logits"}


def test_the_step_is_the_same_inside_of_a_block(opened):
    tab = opened(page(steps_in_blocks()), "#step=20", reduced_motion="reduce")
    assert "step 20" in tab.locator("#now").inner_text()
    tab.get_by_role("button", name="step 20,").click()
    assert "h20[4]" in tab.locator("#now").inner_text()
    assert tab.locator("#graph .unit.block:not(.fed)").count() == 2  # before and after
    tab.keyboard.press("Escape")
    assert "step 20" in tab.locator("#now").inner_text()


def leaf_names(tab):
    return tab.locator("#leaves tbody th").all_inner_texts()


def test_inputs_come_before_weights_among_the_leaves(opened):
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    tab = opened(page(half_squared_error(net([Value(0.5, "x1"), Value(0.1, "x2")]), 0.8)))
    own = [value.label for value in net.parameters()]
    names = leaf_names(tab)
    assert names[:2] == ["x1", "x2"]
    assert names[-1] == "y"
    assert sorted(names[2:-1]) == sorted(own)


def test_leaves_stand_in_the_order_of_the_lines_that_made_them(opened):
    with recording():
        last = Value(3.0, "c")
        first = Value(2.0, "b")
        other = Value(1.0, "a")
        output = other * first + last * other
    assert leaf_names(opened(page(output))) == ["c", "b", "a"]


@pytest.mark.parametrize("typed", [["3", "1e5"], ["abc"], ["1e308"], ["1e-400"]])
def test_reset_is_one_click_and_takes_the_message_away(opened, typed):
    x = Value(2.0, "x")
    tab = opened(page(x.exp() * x))
    field = tab.locator("#leaves input[type=text]").first
    for words in typed:
        field.fill(words)
    assert tab.locator("#problem").is_visible()
    box = tab.locator("#reset").bounding_box()
    tab.mouse.move(box["x"] + 20, box["y"] + 10)
    tab.mouse.down()
    tab.mouse.up()
    assert field.input_value() == "2"
    assert not tab.locator("#problem").is_visible()


def test_reset_says_nothing_of_a_neuron_that_was_dead_before(opened):
    tab = opened(page(two_two_one()))
    field = tab.locator("#leaves input[type=text]").first
    field.fill("1e5")
    tab.locator("#reset").click()
    assert not tab.locator("#problem").is_visible()
