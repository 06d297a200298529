"""The live page where people take it: hosts that forbid scripts, small windows, other keyboards."""

from html import escape

import pytest

from autograd import Value, draw, page
from nn import MLP, half_squared_error

pytestmark = pytest.mark.optional("playwright", "chromium")


def neuron():
    x, w, b = Value(0.5, "x"), Value(-1.2, "w"), Value(0.3, "b")
    a = (w * x + b).tanh()
    a.label = "a"
    a.backward()
    return a


def cost():
    net = MLP.from_arrays([[[0.4, -0.2], [0.3, 0.7]], [[0.6, -0.9]]], [[0.1, -0.3], [0.2]])
    c = half_squared_error(net([0.5, 0.1]), 0.8)
    c.backward()
    return c


@pytest.fixture
def opened(browser):
    """Return a function that opens HTML as an address of a server that answers with headers."""
    contexts = []

    def open_page(html, headers=None, size=(1280, 720), **options):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, bypass_csp=False, **options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.route(
            "**/*",
            lambda route: route.fulfill(
                body=html, content_type="text/html; charset=utf-8", headers=headers or {}
            ),
        )
        tab.goto("http://host.test/")
        tab.wait_for_timeout(200)
        return tab

    yield open_page
    for context in contexts:
        context.close()


# --- where no script may run ----------------------------------------------------------------------


def bundle(y):
    return "<!doctype html><meta charset=utf-8><body>" + page(y)._repr_html_()


FORBIDDEN = {
    "scripts are switched off": ({}, {"java_script_enabled": False}),
    "the server forbids scripts": ({"Content-Security-Policy": "script-src 'none'"}, {}),
    "the server shows it in a sandbox": ({"Content-Security-Policy": "sandbox"}, {}),
}


@pytest.mark.parametrize(("headers", "options"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_saved_page_without_scripts_shows_the_still_picture(opened, headers, options):
    tab = opened(page(neuron()).html, headers, **options)
    texts = tab.locator("#graph text")
    assert {"−1.2", "∂ 0.45757", "a"} <= {texts.nth(k).text_content() for k in range(texts.count())}
    assert tab.locator("#graph").bounding_box()["width"] > 500
    assert tab.locator("#still").is_visible()
    assert not any(tab.locator(f"#{part}").is_visible() for part in ("player", "zoom", "find"))


@pytest.mark.parametrize(
    "policy", ["script-src 'none'", "default-src 'none'; img-src data:; style-src 'unsafe-inline'"]
)
def test_a_notebook_host_without_scripts_shows_the_still_picture(opened, policy):
    tab = opened(bundle(neuron()), {"Content-Security-Policy": policy})
    frame = tab.frame_locator("iframe")
    assert frame.locator("#graph text", has_text="−1.2").first.is_visible()
    assert not frame.locator("#player").is_visible()


def test_a_frame_that_may_do_nothing_shows_the_still_picture(opened):
    tab = opened(f"<iframe sandbox='' width=900 height=700 srcdoc='{escape(bundle(neuron()))}'>")
    inner = tab.frames[-1].locator("#graph text", has_text="−1.2")
    assert inner.count() == 2  # the number of w, and the slope ∂v2/∂x


def test_the_live_page_takes_the_place_of_the_still_picture(opened):
    tab = opened(page(neuron()).html)
    assert tab.locator("#still").count() == 0
    assert tab.locator("#graph .card").count() == 6
    assert tab.locator("#player").is_visible()


def test_the_page_of_one_node_says_what_is_true(opened):
    tab = opened(page(Value(0.5, "x")).html)
    assert "x is given, and the output at once" in tab.locator("#now").inner_text()
    assert "Press →" not in tab.locator("#now").inner_text()


def test_a_page_that_reads_from_right_to_left_keeps_every_minus_sign(opened):
    tab = opened(f"<!doctype html><html dir=rtl><body>{draw(cost()).svg()}{page(cost()).html}")
    sides = tab.evaluate(
        """() => [...document.querySelectorAll("svg text")]
            .filter((text) => text.getNumberOfChars() && /^−\\d/.test(text.textContent))
            .map((text) => text.getStartPositionOfChar(0).x < text.getStartPositionOfChar(1).x)"""
    )
    assert len(sides) >= 10 and all(sides)


# --- keyboards ------------------------------------------------------------------------------------


def press(tab, key, code, where="body", **modifiers):
    tab.locator(where).evaluate(
        """(element, [key, code, more]) => element.dispatchEvent(new KeyboardEvent("keydown",
            { key, code, bubbles: true, cancelable: true, ...more }))""",
        [key, code, modifiers],
    )


LAYOUTS = {
    "Caps Lock": ("P", "KeyP"),
    "Russian": ("з", "KeyP"),
    "Greek": ("π", "KeyP"),
    "Hebrew": ("פ", "KeyP"),
    "Dvorak": ("p", "KeyR"),
}


@pytest.mark.parametrize(("key", "code"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_letter_is_found_on_every_layout(opened, key, code):
    tab = opened(page(neuron()).html)
    press(tab, key, code)
    assert tab.locator("body.present").count() == 1


FITTING = {"French": ("à", "Digit0"), "Persian": ("۰", "Digit0"), "number pad": ("0", "Numpad0")}


@pytest.mark.parametrize(("key", "code"), FITTING.values(), ids=FITTING)
def test_the_zero_is_found_on_every_layout(opened, key, code):
    tab = opened(page(neuron()).html)
    whole = tab.locator("#graph").get_attribute("viewBox")
    press(tab, "+", "NumpadAdd")
    assert tab.locator("#graph").get_attribute("viewBox") != whole
    press(tab, key, code)
    assert tab.locator("#graph").get_attribute("viewBox") == whole


@pytest.mark.parametrize("key", ["z", "Z", "я"])
def test_a_change_is_undone_on_every_layout(opened, key):
    tab = opened(page(neuron()).html)
    field = tab.get_by_label("number of w")
    field.fill("0.9")
    field.blur()
    press(tab, key, "KeyZ", ctrlKey=True)
    assert field.input_value() == "−1.2"


@pytest.mark.parametrize("ending", [{"isComposing": True}, {"keyCode": 229}])
def test_the_enter_that_ends_a_conversion_picks_nothing(opened, ending):
    x = Value(0.5, "学習率")
    tab = opened(page(x * Value(2.0, "w")).html)
    tab.locator("#find").fill("学")
    press(tab, "Enter", "Enter", "#find", **ending)
    assert tab.locator("#find").input_value() == "学"
    press(tab, "Enter", "Enter", "#find")
    assert "学習率" in tab.locator("#details").inner_text()


@pytest.mark.parametrize("typed", ["é", "e\u0301", "É", "E\u0301"])
@pytest.mark.parametrize("label", ["café", "cafe\u0301"])
def test_an_accent_is_found_however_it_is_stored(opened, typed, label):
    tab = opened(page(Value(0.5, label) * Value(2.0, "w")).html)
    tab.locator("#find").fill(typed)
    assert tab.locator("#found button").count() == 1


# --- numbers --------------------------------------------------------------------------------------

NUDGED = {
    1e-6: "0.0000011",
    -3e-9: "−2.9e−9",
    1234567.0: "1334567",
    0.123456: "0.133456",
    123456789.125: "133456789.125",
    0.0: "0.01",
    1e300: "1.1e+300",
}


@pytest.mark.parametrize(("value", "up"), NUDGED.items())
def test_an_arrow_steps_by_the_size_of_the_number_and_back(opened, value, up):
    tab = opened(page(Value(value, "x") * Value(0.0, "w")).html)
    field = tab.get_by_label("number of x")
    field.focus()
    before = field.input_value()
    field.press("ArrowUp")
    assert field.input_value() == up
    field.press("ArrowDown")
    assert field.input_value() == before


def test_an_arrow_steps_by_the_size_of_what_was_typed(opened):
    field = opened(page(neuron()).html).get_by_label("number of w")
    field.fill("1e-6")
    field.press("ArrowUp")
    assert field.input_value() == "0.0000011"


TYPED = {
    "1.5·10⁻³": 0.0015,
    "−1.5·10⁻³": -0.0015,
    "10³": 1000.0,
    "1.5×10^-3": 0.0015,
    "1e−12": 1e-12,
    "１．５": 1.5,
    "٣٫١٤": 3.14,
    "१.५": 1.5,
    "0,5": 0.5,
    "1 234.5": 1234.5,
    "1'234": 1234.0,
    "1,234,567": 1234567.0,
    "1.234,5": 1234.5,
    "1/3": 1 / 3,
    "１／３": 1 / 3,
    "½": 0.5,
    "π": 3.141592653589793,
}


def test_a_number_is_read_as_people_of_many_places_write_it(opened):
    tab = opened(page(neuron()).html)
    field = tab.get_by_label("number of w")
    for typed, value in TYPED.items():
        field.fill(typed)
        assert not tab.locator("#problem").is_visible(), typed
        field.blur()
        shown = field.get_attribute("title").replace("−", "-")
        assert float(shown) == pytest.approx(value, rel=1e-14), typed


@pytest.mark.parametrize(
    "typed", ["1,234", "-12,345", "１，２３４", "1,234e3", "1,000/3", "1,234·10³"]
)
def test_a_comma_before_three_digits_is_asked_about(opened, typed):
    tab = opened(page(neuron()).html)
    tab.get_by_label("number of w").fill(typed)
    assert "can be read in two ways" in tab.locator("#problem").inner_text()
    assert tab.locator("#graph .card.leaf .value").first.text_content() == "−1.2"


@pytest.mark.parametrize("typed", ["2²", "1..2", "--1", "0x10", "⅓", "1_000", "∞"])
def test_what_is_not_read_is_said(opened, typed):
    tab = opened(page(neuron()).html)
    tab.get_by_label("number of w").fill(typed)
    assert "is not a number" in tab.locator("#problem").inner_text()


# --- hands and small windows ----------------------------------------------------------------------

SMALL = [(844, 390), (911, 512), (667, 375), (568, 320), (740, 360), (390, 844), (320, 568)]


@pytest.mark.parametrize("size", SMALL)
def test_the_graph_keeps_room_in_a_small_window(opened, size):
    tab = opened(page(cost()).html, size=size)
    seen = tab.evaluate(
        """() => document.getElementById("player").getBoundingClientRect().top
            - document.getElementById("graph").getBoundingClientRect().top"""
    )
    assert seen > 0.55 * size[1]
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [(390, 844), (844, 390)])
@pytest.mark.parametrize("html", [page, bundle], ids=["a page of its own", "in a notebook"])
def test_a_finger_scrolls_past_the_graph(opened, size, html):
    made = page(cost()).html if html is page else bundle(cost()) + "<div style='height:3000px'>"
    tab = opened(made, size=size, has_touch=True, is_mobile=True)
    touch = tab.context.new_cdp_session(tab)
    swipe(touch, tab, (size[0] / 2, size[1] * 0.6), (0, -12))
    assert sum(frame.evaluate("scrollY") for frame in tab.frames) > 60


def swipe(touch, tab, start, step):
    x, y = start
    send = touch.send
    send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 13):
        at = {"x": x + k * step[0], "y": y + k * step[1]}
        send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        tab.wait_for_timeout(16)
    send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tab.wait_for_timeout(150)


def test_a_finger_that_moves_sideways_still_drags_a_leaf(opened):
    tab = opened(page(neuron()).html, size=(390, 844), has_touch=True, is_mobile=True)
    box = tab.locator("#graph .card.leaf").first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(tab.context.new_cdp_session(tab), tab, middle, (5, 0))
    assert tab.locator("#graph .card.leaf .value").first.text_content() != "−1.2"


@pytest.mark.parametrize("out", [(400, -20), (-5, 300), (1400, 300)])
def test_a_button_released_outside_changes_nothing_more(opened, out):
    tab = opened(page(neuron()).html)
    box = tab.locator("#graph .card.leaf").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    value = tab.locator("#graph .card.leaf .value").first
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 2, y)
    tab.mouse.move(*out)
    tab.mouse.up()
    after = value.text_content()
    tab.mouse.move(x, y)
    tab.mouse.move(x + 90, y, steps=6)
    assert value.text_content() == after
