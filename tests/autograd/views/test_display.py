"""What a drawing and a page offer to notebooks and to their exporters."""

import base64
import importlib.util

import pytest

from autograd import Value, draw, page
from autograd.views.display import Displayed
from autograd.views.pdf import pdf

KINDS = {"text/html", "image/svg+xml", "text/plain"}


@pytest.fixture(params=[draw, page])
def shown(request):
    y = (Value(0.5, "θ") * Value(-1.2, "w")).tanh()
    y.backward()
    return request.param(y)


def test_a_picture_comes_beside_the_html(shown):
    bundle = shown._repr_mimebundle_()
    assert set(bundle) - {"image/png", "application/pdf"} == KINDS
    assert bundle["image/svg+xml"] == shown.svg() == shown._repr_svg_()
    assert bundle["text/html"] == shown._repr_html_()
    assert set(shown._repr_mimebundle_(include=["text/plain"])) == {"text/plain"}
    assert "text/html" not in shown._repr_mimebundle_(exclude=["text/html"])


def test_without_the_extra_there_is_no_png(shown, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("autograd.views.png.find_spec", lambda name: None)
    assert set(shown._repr_mimebundle_()) == KINDS
    assert shown._repr_png_() is None


@pytest.mark.optional("resvg_py")
def test_with_the_extra_there_are_png_and_pdf(shown):
    bundle = shown._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert base64.b64decode(bundle["application/pdf"]).startswith(b"%PDF")


@pytest.mark.optional("resvg_py", "pymupdf")
def test_the_pdf_shows_the_pixels_of_the_png_in_the_size_of_the_svg(shown, optional):
    pymupdf = optional("pymupdf")
    png = shown._repr_png_()
    document = pymupdf.open(stream=pdf(png, 2), filetype="pdf")
    assert not document.is_repaired
    wanted = pymupdf.Pixmap(png)
    assert document[0].rect.width == pytest.approx(wanted.width / 2 * 0.75, abs=0.01)
    got = document[0].get_pixmap(matrix=pymupdf.Matrix(2 / 0.75, 2 / 0.75))
    assert (got.width, got.height) == (wanted.width, wanted.height)
    for x in range(0, got.width, 37):
        for y in range(0, got.height, 23):
            near = zip(got.pixel(x, y), wanted.pixel(x, y)[:3], strict=True)
            assert all(abs(a - b) < 12 for a, b in near)


def test_a_png_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="red, green, blue and alpha"):
        pdf(b"\x89PNG\r\n\x1a\n" + bytes(8) + bytes(16), 1)


@pytest.mark.optional("resvg_py", "nbconvert")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exporter", ["LatexExporter", "MarkdownExporter", "SlidesExporter"])
def test_nbconvert_keeps_the_picture(shown, optional, exporter):
    nbformat = optional("nbformat")
    data = nbformat.from_dict(shown._repr_mimebundle_())
    output = nbformat.v4.new_output("execute_result", data)
    cell = nbformat.v4.new_code_cell("shown", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    text, resources = getattr(optional("nbconvert"), exporter)().from_notebook_node(notebook)
    if exporter == "LatexExporter":  # without Inkscape, because the picture is there as PDF
        assert any(name.endswith(".pdf") and name in text for name in resources["outputs"])
    else:
        assert "data:image/svg+xml;base64," in text


def test_whoever_asks_for_a_picture_must_have_one():
    for ask in (Displayed().svg, Displayed()._repr_html_):
        with pytest.raises(NotImplementedError):
            ask()
