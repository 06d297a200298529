"""Pictures in programs that are not browsers: nothing is printed over anything, nothing is lost.

The programs are CairoSVG, svglib with reportlab, and MuPDF, each read back by MuPDF; and resvg,
whose picture is one of pixels. Inkscape and LibreOffice cannot be installed as packages.
"""

import io
from itertools import combinations

import pytest

from autograd import Value, draw, page
from autograd.views.page import _still
from nn import MLP, half_squared_error


def neuron(*labels):
    x, w, b = (Value(n, label) for n, label in zip((0.5, -1.2, 0.3), labels, strict=False))
    a = (w * x + b).tanh()
    a.label = labels[3]
    a.backward()
    return a


def cost():
    net = MLP.from_arrays([[[0.4, -0.2], [0.3, 0.7]], [[0.6, -0.9]]], [[0.1, -0.3], [0.2]])
    c = half_squared_error(net([0.5, 0.1]), 0.8)
    c.backward()
    return c


PICTURES = {
    "a neuron": lambda: draw(neuron("x", "w", "b", "a"), title="One neuron").svg(),
    "numbers of every size": lambda: draw(
        (Value(1.5e-9, "x") * Value(-2e12, "w")).tanh(), gradients=True
    ).svg(),
    "scalars": lambda: draw(cost()).svg(),
    "layers": lambda: draw(cost(), level="layer").svg(),
    "a network": lambda: draw(cost(), level="network").svg(),
    "two outputs": lambda: draw([cost(), cost()]).svg(),
    "the still picture of a page": lambda: _still(page(cost()).svg()),
}


def by_mupdf(svg, pymupdf):
    return pymupdf.open(stream=svg.encode(), filetype="svg").convert_to_pdf()


def by_cairo(svg, _):
    import cairosvg

    return cairosvg.svg2pdf(bytestring=svg.encode())


def by_svglib(svg, _):
    from reportlab.graphics import renderPDF
    from svglib.svglib import svg2rlg

    return renderPDF.drawToString(svg2rlg(io.StringIO(svg)))


PROGRAMS = {
    "MuPDF": by_mupdf,
    "CairoSVG": pytest.param(by_cairo, marks=pytest.mark.optional("cairosvg")),
    "svglib": pytest.param(by_svglib, marks=pytest.mark.optional("svglib")),
}


def spans(document):
    """Return the pieces of text of the first page: the words, the left and right end, the line."""
    blocks = document[0].get_text("dict")["blocks"]
    lines = (line for block in blocks for line in block.get("lines", ()))
    return [
        (span["text"].strip(), span["bbox"][0], span["bbox"][2], span["origin"][1])
        for line in lines
        for span in line["spans"]
        if span["text"].strip()
    ]


@pytest.mark.filterwarnings("ignore")  # of the programs themselves
@pytest.mark.optional("pymupdf")
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_no_text_is_printed_over_another(optional, program, picture):
    pymupdf = optional("pymupdf")
    found = spans(pymupdf.open(stream=program(picture(), pymupdf), filetype="pdf"))
    assert len(found) > 10 and any(text.startswith("∂") for text, *_ in found)
    over = [
        (one, other)
        for (one, left, right, y), (other, start, end, height) in combinations(found, 2)
        if abs(y - height) < 4 and min(right, end) - max(left, start) > 1.5
    ]
    assert not over


@pytest.mark.filterwarnings("ignore")
@pytest.mark.optional("pymupdf")
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_without_motion_shows_one_line_of_a_film(optional, tmp_path, program):
    pymupdf = optional("pymupdf")
    path = draw(neuron("x", "w", "b", "a")).film(tmp_path / "film.svg")
    with open(path, encoding="utf-8") as file:
        pixels = pymupdf.open(stream=program(file.read(), pymupdf), filetype="pdf")[0].get_pixmap()
    rows = range(pixels.height * 9 // 10, pixels.height)
    places = ((x, y) for y in rows for x in range(pixels.width))
    purple = sum(
        red - green > 30 and blue - green > 50
        for red, green, blue in map(pixels.pixel, *zip(*places, strict=True))
    )
    assert (
        100 < purple < 0.09 * len(rows) * pixels.width
    )  # eight lines over each other have twice that


LETTERS = {
    "Chinese": "学习率",
    "Hebrew": "פלט",
    "Arabic": "مخرج",
    "Greek": "θ",
    "an accent": "ŷ",
    "an ideographic space": "a\u3000b",
    "joined emoji": "👩\u200d🔬",
    "a flag": "🇩🇪",
    "HTML": "<b>&amp;",
}


@pytest.mark.optional("resvg_py")
@pytest.mark.parametrize("label", LETTERS.values(), ids=LETTERS)
def test_a_name_of_any_letters_leaves_the_rest_of_the_picture_alone(optional, label):
    """The boxes may grow with the name, and numbers do not move out of them."""
    png = optional("resvg_py").svg_to_bytes(svg_string=draw(neuron(label, "w", "b", label)).svg())
    assert bytes(png).startswith(b"\x89PNG")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.optional("pymupdf")
@pytest.mark.parametrize("label", LETTERS.values(), ids=LETTERS)
def test_numbers_stand_in_the_box_of_a_name_of_any_letters(optional, label):
    pymupdf = optional("pymupdf")
    svg = draw(neuron(label, "w", "b", "a")).svg()
    found = spans(pymupdf.open(stream=by_mupdf(svg, pymupdf), filetype="pdf"))
    assert [text for text, *_ in found if text == "∂ −1.0982"]
