"""HTML that embeds a picture or a live page in a notebook or a site.

A picture and a page follow the system's choice of light or dark, but some documents have a theme of
their own. An embedded image or frame takes its scheme from the property `color-scheme` of its
element. So there is a rule for each kind of document that sets this property.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape

_THEMES = {
    "dark": (
        '[data-jp-theme-light="false"]',  # JupyterLab and Notebook 7
        "body.vscode-dark",
        '[data-theme="dark"]',  # Sphinx: Furo, PyData, Book
        '[data-md-color-scheme="slate"]',  # MkDocs Material
        '[data-bs-theme="dark"]',  # Bootstrap: MkDocs, Quarto
        ".quarto-dark",
        'html[theme="dark"]',  # Colab
        ":is(html,body).dark",  # Tailwind, Marimo
    ),
    "light": (
        '[data-jp-theme-light="true"]',
        "body.vscode-light",
        '[data-theme="light"]',
        '[data-md-color-scheme="default"]',
        '[data-bs-theme="light"]',
        ".quarto-light",
        'html[theme="light"]',
        ":is(html,body).light",
    ),
}
_FOLLOWS = "".join(
    f":is({','.join(themes)}) .gradtrace-shown{{color-scheme:{scheme}}}"
    for scheme, themes in _THEMES.items()
)
_ALONE = "@media print{.gradtrace-page iframe{display:none}}"
_LEAST_SCALE = 0.6  # a picture that is scaled down further cannot be read


class Embedded(str):
    """HTML text that a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def picture_html(svg: str, told: str) -> str:
    """Return an `<img>` of a picture, with the words `told` for those who cannot see it."""
    width = int(svg.split('width="', 1)[1].split('"', 1)[0])
    # The picture shrinks to the page while it can be read. Below that size, the page scrolls it.
    style = f"max-width:100%;min-width:{width * _LEAST_SCALE:.0f}px"
    return (
        f'<style>{_FOLLOWS}</style><div style="overflow-x:auto"><img class="gradtrace-shown"'
        f' style="{style}" alt="{escape(told)}" src="{_address(svg)}"></div>'
    )


def page_html(page: str, still: str, title: str, height: int) -> Embedded:
    """Return a live page in a frame, above a picture that remains where frames are removed.

    The HTML is a single line, so that Markdown takes it as one block.
    """
    place = "grid-area:1/1;width:100%;border:0"
    inner = escape(page).replace("\n", "&#10;")
    told = escape(title)
    return Embedded(
        f"<style>{_ALONE}{_FOLLOWS}</style>"
        f'<div class="gradtrace-page" style="display:grid;max-height:{height}px">'
        f'<img class="gradtrace-shown" style="{place};max-height:{height}px;object-fit:contain"'
        f' alt="{told}" src="{_address(still)}">'
        f'<iframe class="gradtrace-shown" style="{place};height:{height}px" sandbox="allow-scripts"'
        f' title="{told}" srcdoc="{inner}"></iframe></div>'
    )


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode('ascii')}"
