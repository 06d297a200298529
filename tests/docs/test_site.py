"""The site is built without a warning, works from files, and asks no other machine for anything."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import autograd
import nn

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.optional("sphinx", "furo", "myst_nb")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site. Sphinx warns of its own future, so that a process builds it."""
    import subprocess
    import sys

    target = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "build_site.py", target],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return target


def pages(site):
    return [p for p in site.rglob("*.html") if "_static" not in p.parts]


def test_every_public_name_is_in_the_reference(site):
    text = (site / "reference.html").read_text(encoding="utf-8")
    for module in (autograd, nn):
        for name in module.__all__:
            assert f'id="{module.__name__}.{name}"' in text, name


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site):
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(
            r'<(?:a|img|script|link|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"', text
        ):
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                continue
            assert (page.parent / unquote(parts.path)).exists(), f"{page.name}: {link}"
        loaded = re.findall(r'<(?:img|script|iframe)\b[^>]*\ssrc="(https?:[^"]*)"', text)
        assert not loaded, page.name


@pytest.mark.optional("playwright", "chromium")
def test_every_live_page_of_the_site_is_driven_in_chromium(site, optional):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=optional("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic"],
        )
        shown, asked, errors = browser.new_page(), [], []
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("pageerror", lambda error: errors.append(str(error)))
        driven = [page for page in pages(site) if "<iframe" in page.read_text(encoding="utf-8")]
        for page in driven:
            shown.goto(page.as_uri())
            for frame in shown.locator("iframe").all():
                body = frame.content_frame.locator("body")
                body.click(position={"x": 5, "y": 5})
                shown.keyboard.press("Home")
                first = body.inner_text()
                shown.keyboard.press("End")
                assert "−0.2448" in body.inner_text() != first, page.name
        shown.goto(f"file://{site}/search.html?q=explain")
        shown.wait_for_selector("ul.search li")
        browser.close()
    assert {page.name for page in driven} == {"index.html", "03_stepping_backward.html"}
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert not errors


def test_the_settings_of_sphinx_and_the_package_have_one_version(load_module):
    assert load_module(ROOT / "docs" / "conf.py").release == autograd.__version__
