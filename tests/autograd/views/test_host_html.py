"""HTML for notebooks and sites: one block, with a picture where frames are taken out."""

from html import unescape

import pytest

from autograd import Value, draw, page


@pytest.fixture
def square():
    x = Value(3.0, "x")
    return x * x


def test_a_page_is_one_block_of_markdown(square):
    text = page(square, title="A < B").embed(height=500)
    assert "\n" not in text and "height:500px" in text
    inner = text.split('srcdoc="')[1].split('"')[0]
    assert unescape(inner) == page(square, title="A < B").html
    assert text._repr_html_() == text


@pytest.mark.parametrize("height", [0, -3, "500", 1.5])
def test_a_height_is_a_number_of_pixels(square, height):
    with pytest.raises(ValueError, match="pixels"):
        page(square).embed(height=height)


@pytest.mark.optional("playwright")
@pytest.mark.optional("chromium")
def test_pictures_and_pages_take_the_theme_of_the_document_around(square, optional, tmp_path):
    drawing = draw(square)._repr_mimebundle_()["text/html"]
    file = tmp_path / "notebook.html"
    body = f'<body data-jp-theme-light="false">{drawing}{page(square).embed()}</body>'
    file.write_text(f"<!doctype html>{body}", encoding="utf-8")
    playwright = optional("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=optional("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(color_scheme="no-preference")
        tab.goto(file.as_uri())
        framed = tab.frame_locator("iframe").locator("html")
        playwright.expect(framed).to_have_attribute("data-theme", "dark")
        shown = "getComputedStyle(document.querySelector('img')).colorScheme"
        assert tab.evaluate(shown) == "dark"
        browser.close()
