"""The film of both sweeps: it is still an SVG, says every step, and moves in a browser."""

import xml.etree.ElementTree as ET

import pytest

from autograd import Graph, Value, draw, trace
from autograd.graph.wording import number_text
from nn import MLP, half_squared_error

SVG = "{http://www.w3.org/2000/svg}"


def cost():
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    return half_squared_error(net([0.5, 0.1]), 0.8)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "sweep.svg"
    assert draw(cost(), title="2-2-1").film(path) == str(path)
    return path


def test_every_step_is_said_in_numbers(written):
    steps = trace(Graph.of(cost()))
    said = {
        text.get("class").split()[-1]: "".join(text.itertext())
        for text in ET.parse(written).iter(f"{SVG}text")
        if "say" in (text.get("class") or "")
    }
    assert len(said) == len(steps)
    for place, step in enumerate(steps):
        told = step.after if step.kind == "forward" else step.contribution
        assert number_text(told) in said[f"s{place}"]


def test_the_film_of_the_example_is_small_and_fetches_nothing(written):
    text = written.read_text(encoding="utf-8")
    assert len(text.encode()) < 200_000
    assert "<script" not in text and "href" not in text and "url(" not in text
    assert "prefers-reduced-motion" in text


def test_a_film_needs_every_number():
    drawing = draw(cost(), depth=1)
    with pytest.raises(ValueError, match=r"level=.scalar"):
        drawing.film("sweep.svg")
    with pytest.raises(ValueError, match=r"should end in \.svg"):
        draw(Value(2.0, "x") * 3).film("sweep.gif")


@pytest.mark.optional("playwright", "chromium")
def test_numbers_appear_one_after_the_other(written, browser):
    shown = {}
    for motion in ("no-preference", "reduce"):
        tab = browser.new_page(reduced_motion=motion)
        tab.goto(written.as_uri())
        tab.evaluate("document.getAnimations().forEach((a) => { a.pause(); a.currentTime = 5000 })")
        shown[motion] = tab.evaluate(
            "[...document.querySelectorAll('.value, .gradient')]"
            ".filter((t) => getComputedStyle(t).opacity === '1').length"
        )
        tab.close()
    assert 0 < shown["no-preference"] < shown["reduce"]


def test_a_dot_runs_along_every_edge_forward_and_back(written):
    graph = Graph.of(cost())
    dots = [
        dot.get("class").split()[-1]
        for dot in ET.parse(written).iter(f"{SVG}circle")
        if "run" in (dot.get("class") or "")
    ]
    assert sorted(dots) == sorted(f"{way}{k}" for way in "fb" for k in range(len(graph.edges)))
    steps = trace(graph)
    text = written.read_text(encoding="utf-8")
    for place, step in enumerate(steps):
        ends = ("0%", "100%") if step.kind == "forward" else ("100%", "0%")
        assert f"@keyframes r{place}{{0%," in text
        rule = text.split(f"@keyframes r{place}{{")[1].split("@keyframes")[0]
        assert rule.index(f"offset-distance:{ends[0]}") < rule.rindex(f"offset-distance:{ends[1]}")
