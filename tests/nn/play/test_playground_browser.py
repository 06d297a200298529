"""The playground in a real browser, by mouse, keyboard and touch."""

import re

import pytest

from nn import MLP, SGD, fit, half_squared_error, hinge, moons
from nn.play.playground import playground

pytestmark = pytest.mark.optional("playwright", "chromium")


@pytest.fixture
def opened(opened):
    """Return a function that opens a playground."""
    window = {"width": 1366, "height": 820}
    return lambda play, **options: opened(play, **{"viewport": window} | options)


def network(activation="tanh"):
    return MLP(2, [4, 3, 1], activation, seed=0)


def play(**options):
    settings = {"loss": half_squared_error, "batch_size": 10, "seed": 5} | options
    return playground(network(), moons(40, seed=0), **settings)


def weights_shown(tab):
    """Return the weights in the order of `parameters`, read from the Python text of the page."""
    from playwright.sync_api import expect

    tab.locator("summary", has_text="Weights as Python").click()
    expect(tab.locator("#code")).not_to_have_value("")  # it is written when the click is over
    names = {}
    exec(tab.locator("#code").input_value(), names)
    return [value.data for value in names["net"].parameters()]


def test_fifty_steps_by_mouse_are_those_of_fit(opened):
    tab = opened(play())
    for _ in range(50):
        tab.locator("#step").click()
    assert tab.locator("#trained").inner_text() == "step 50, epoch 13"
    model, data = network(), moons(40, seed=0)
    steps = []
    fit(
        model, data, loss=half_squared_error, optimizer=SGD(0.1), batch_size=10, seed=5,
        epochs=50, progress=False, on_batch=lambda b: steps.append(b) or len(steps) == 50,
    )  # fmt: skip
    assert weights_shown(tab) == pytest.approx([v.data for v in model.parameters()], rel=1e-9)


def test_play_trains_and_reset_begins_anew(opened):
    from playwright.sync_api import expect

    tab = opened(play())
    before = tab.locator("#point").inner_text()
    tab.locator("#play").click()
    expect(tab.locator("#trained")).to_have_text(re.compile(r"step \d{3,}"), timeout=60_000)
    tab.locator("#play").click()
    assert tab.locator("#point").inner_text() != before
    tab.locator("#reset").click()
    assert tab.locator("#trained").inner_text() == "step 0, epoch 0"
    assert tab.locator("#point").inner_text() == before
    assert weights_shown(tab) == [value.data for value in network().parameters()]


def test_a_neuron_says_its_scalars_for_the_example_under_the_pointer(opened):
    tab = opened(play())
    tab.locator(".unit").nth(3).click()
    panel = tab.locator("#neuron")
    assert "layer 1, neuron 2, for example 1" in panel.inner_text()
    box = tab.locator("#plane").bounding_box()
    tab.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.9 * box["height"])
    example = int(panel.locator("h2").inner_text().rsplit(" ", 1)[1])
    assert example != 1
    model, data = network(), moons(40, seed=0)
    cost = half_squared_error(model(data.x[example - 1]), data.y[example - 1])
    cost.backward()
    shown = panel.inner_text().replace("−", "-")
    neuron = model.layers[0].neurons[1]
    assert f"{neuron.w[0].grad:.4g}" in shown and f"{neuron.b.grad:.5g}" in shown
    assert "Why ∂C/∂a1[2] is what it is" in shown


def test_a_neuron_opens_in_place_and_the_lines_change(opened):
    tab = opened(play())
    tab.locator(".unit").nth(3).click()
    assert "layer 1, neuron 2" in tab.locator("g.opened:not(.card)").text_content()
    assert tab.locator("g.opened:not(.card) .entry").count() == 3  # two inputs and the bias
    tab.locator("g.opened:not(.card) .handle").click()
    assert tab.locator("g.opened:not(.card) .entry").count() == 0
    widths = """[...document.querySelectorAll("#graph .wire .line")]
        .map((line) => line.getAttribute("stroke-width")).join()"""
    before = tab.evaluate(widths)
    tab.get_by_role("button", name="gradients").click()
    assert tab.evaluate(widths) != before
    tab.locator("#step").click()
    tab.get_by_role("button", name="weights").click()
    assert tab.evaluate(widths) != before  # one step has moved the weights
    tab.locator(".unit.output").click()
    assert "the cost, for example 1" in tab.locator("#neuron").inner_text()


def test_each_cost_says_of_which_points_it_is(opened):
    tab = opened(playground(network(), moons(40, seed=0), loss=hinge))
    assert tab.locator("#graph .wire.plain").count() == 1  # the line to C has no weight
    tab.locator("#play").click()
    tab.wait_for_timeout(1500)
    shown = "[...document.querySelectorAll('#result, #point, .unit.output .value')]"
    point, result, box = tab.evaluate(f"{shown}.map((element) => element.textContent)")
    assert result == f"hinge C at this point = {box}"
    assert "C at this point" in point
    assert tab.locator("#words").inner_text().startswith("Average C (hinge) of all 40 examples: ")


def test_no_tip_covers_a_neuron_that_was_just_opened(opened):
    window = {"width": 1280, "height": 800}
    tab = opened(playground(MLP(2, [8, 8, 1], "tanh", seed=1), moons(40, seed=0)), viewport=window)
    for at in (4, 5, 7):
        tab.locator(".unit").nth(at).click()
        tab.wait_for_timeout(600)  # the picture glides below the pointer, which rests
        assert not tab.locator("#tip").is_visible(), at
        tab.locator("g.opened:not(.card) .handle").click()
        tab.wait_for_timeout(400)
        assert not tab.locator("#tip").is_visible(), at
    tab.locator(".unit").nth(4).hover()
    assert tab.locator("#tip").is_visible()


def test_numbers_stay_inside_their_circles(opened):
    tab = opened(playground(MLP(2, [8, 8, 1], "tanh", seed=1), moons(200, seed=0)))
    wider = """[...document.querySelectorAll(".unit.circle")].map((unit) => {
        const [text, circle] = [unit.querySelector(".value"), unit.querySelector(".body")];
        return text.getBBox().width / circle.getBBox().width;
    })"""
    for _ in range(5):
        shares = tab.evaluate(wider)
        assert len(shares) == 19 and max(shares) <= 1 and min(shares) > 0
        tab.locator("#step").click()


PIXEL = """async (k) => {
  const image = new Image();
  image.src = document.querySelectorAll("#graph .picture")[k].getAttribute("href");
  await image.decode();
  const canvas = document.createElement("canvas"),
    brush = canvas.getContext("2d", { willReadFrequently: true });
  [canvas.width, canvas.height] = [image.width, image.height];
  brush.drawImage(image, 0, 0);
  return [2, 42].map((x) => [...brush.getImageData(x, 22, 1, 1).data]);
}"""


def test_each_neuron_pictures_what_it_computes_in_the_plane(opened):
    net = MLP.from_arrays([[[2.0, 0.0], [-2.0, 0.0]], [[1.0, 0.5]]], [[0, 0], [0]], "tanh")
    tab = opened(playground(net, moons(20, seed=0)))
    pictures = tab.locator("#graph .picture")
    assert pictures.count() == 2 + 1  # neurons; not the inputs, not the cost
    for neuron, rises in ((0, True), (1, False)):
        left, right = tab.evaluate(PIXEL, neuron)
        assert (left[2] < left[0]) == rises and (right[2] < right[0]) != rises
    before = pictures.first.get_attribute("href")
    tab.get_by_role("button", name="Step").first.click()
    assert pictures.first.get_attribute("href") != before


def test_the_plane_says_which_color_is_which_target(opened):
    tab = opened(play())
    assert (
        tab.locator("#colors").inner_text() == "orange: target −1; blue: target 1; paler: between."
    )


def test_both_sweeps_of_an_example_are_stepped_through(opened):
    tab = opened(play())
    tab.locator("#stepping summary").click()
    tab.locator("[data-go=first]").click()
    assert tab.locator("#count").inner_text() == "0 / 17"
    tab.locator("[data-go=next]").click()
    model, data = network(), moons(40, seed=0)
    first = model.layers[0].neurons[0](data.x[0]).data
    assert f"{first:.5g}".replace("-", "−") in tab.locator("#now").inner_text()
    tab.locator("#scrubber").press("End")
    assert tab.locator("#count").inner_text() == "17 / 17"


def test_everything_is_reached_by_keyboard(opened):
    tab = opened(play())
    tab.locator("#step").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#trained").inner_text() == "step 1, epoch 1"
    tab.locator("#plane").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#point").inner_text().startswith("Example 2:")
    tab.locator(".unit[tabindex='0']").focus()  # one circle is in the order of Tab
    for _ in range(20):
        if "layer 1, neuron 1" in tab.locator(".unit:focus").get_attribute("aria-label"):
            break
        tab.keyboard.press("n")
    tab.keyboard.press("Enter")
    assert "layer 1, neuron 1" in tab.locator("#neuron").inner_text()
    assert tab.locator("g.opened:not(.card) .entry").count() == 3
    tab.keyboard.press("Escape")
    assert tab.locator("g.opened:not(.card) .entry").count() == 0


def test_a_finger_chooses_and_trains_and_scrolls(opened):
    phone = {"width": 390, "height": 844}
    tab = opened(play(), viewport=phone, has_touch=True, is_mobile=True)
    tab.locator("#step").tap()
    assert tab.locator("#trained").inner_text() == "step 1, epoch 1"
    tab.locator(".unit").nth(2).tap()
    assert "layer 1, neuron 1" in tab.locator("#neuron").inner_text()
    tab.locator("#plane").tap(position={"x": 30, "y": 300})
    assert not tab.locator("#point").inner_text().startswith("Example 1:")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_layers_neurons_activation_and_data_are_changed(opened):
    tab = opened(play())
    tab.locator("#more").click()
    assert tab.locator(".unit").count() == 2 + 4 + 3 + 3 + 1 + 1
    tab.get_by_label("neurons in layer 1").fill("8")
    tab.get_by_label("neurons in layer 1").blur()
    assert tab.locator(".unit").count() == 2 + 8 + 3 + 3 + 1 + 1
    for _ in range(3):
        tab.locator("#fewer").click()
    assert tab.locator(".unit").count() == 4 and tab.locator("#fewer").is_disabled()
    tab.locator("#more").click()
    tab.locator("#activation").select_option("relu")
    tab.locator("#set").select_option("circles")
    for _ in range(10):
        tab.locator("#step").click()
    assert "all 200 examples" in tab.locator("#words").inner_text()
    assert "ReLU(z)" in tab.locator("#formulas").inner_text()


def test_points_are_pasted(opened):
    tab = opened(play())
    tab.locator("summary", has_text="Your own data").click()
    tab.locator("#csv").fill("x1;x2;class\n0,5;1;1\n−1;2;−1\n1e-1;0;1")
    tab.locator("#take").click()
    assert not tab.locator("#problem").is_visible()
    assert "all 3 examples" in tab.locator("#words").inner_text()
    for text, told in {
        "1, 2": "Line 1 has 2 numbers",
        "1,2,3\n1,b,2": "Line 2",
        "1,2,nan\n1,2,3": "Line 1",  # no heading
        "1,2,3\n1e400,2,3": "Line 2: 1e400 is too large",
        "": "two points",
    }.items():
        tab.locator("#csv").fill(text)
        tab.locator("#take").click()
        assert told in tab.locator("#problem").inner_text()


def test_divergence_and_dead_neurons_are_said(opened):
    tab = opened(playground(network("relu"), moons(40, seed=0), learning_rate=0.1))
    tab.locator("#rate").fill("1e9")
    for _ in range(12):
        tab.locator("#step").click()
    said = tab.locator("#problem").inner_text() + tab.locator("#words").inner_text()
    assert "diverge" in said or "Dead: " in said
    tab.locator("#reset").click()
    tab.locator("#rate").fill("3")
    for _ in range(12):
        tab.locator("#step").click()
    assert "Dead: " in tab.locator("#words").inner_text()
    tab.locator("#rate").fill("fast")
    tab.locator("#step").click()
    assert "is not a number" in tab.locator("#problem").inner_text()


def test_in_a_notebook_it_runs_in_a_frame(browser):
    tab = browser.new_page()
    tab.set_content(f"<!doctype html><meta charset=utf-8>{play()._repr_html_()}")
    frame = tab.frame_locator("iframe")
    frame.locator("#step").click()
    assert frame.locator("#trained").inner_text() == "step 1, epoch 1"
    tab.close()
