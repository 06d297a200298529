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


DARK = {
    "JupyterLab": 'data-jp-theme-light="false"',
    "VS Code": 'class="vscode-dark"',
    "Sphinx": 'data-theme="dark"',
    "MkDocs Material": 'data-md-color-scheme="slate"',
    "MkDocs": 'data-bs-theme="dark"',
    "Quarto": 'class="quarto-dark"',
    "Marimo": 'class="dark dark-theme"',
}


@pytest.mark.optional("playwright")
@pytest.mark.optional("chromium")
def test_pictures_and_pages_take_the_theme_of_the_document_around(square, optional, tmp_path):
    drawing, live = draw(square)._repr_mimebundle_()["text/html"], page(square).embed()
    playwright = optional("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=optional("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(color_scheme="no-preference")
        for theme in DARK.values():
            file = tmp_path / "notebook.html"
            file.write_text(f"<!doctype html><body {theme}>{drawing}{live}</body>", "utf-8")
            tab.goto(file.as_uri())
            framed = tab.frame_locator("iframe").locator("html")
            playwright.expect(framed).to_have_attribute("data-theme", "dark")
            shown = "getComputedStyle(document.querySelector('img')).colorScheme"
            assert tab.evaluate(shown) == "dark"
            framed.locator("#theme").click()
            playwright.expect(framed).to_have_attribute("data-theme", "light")
        browser.close()
