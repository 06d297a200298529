"""How drawings and pages are shown in notebooks and in documents exported from them.

A notebook and its HTML take ``text/html``. LaTeX, PDF and Word do not, so the picture is offered as
SVG too, and as PNG and PDF if resvg-py is installed. Sphinx-Gallery and others ask for one format
at a time.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from .pdf import pdf
from .png import SCALE, has_png, png


class Displayed:
    """The methods that notebooks call to show an object with a picture."""

    def svg(self) -> str:
        """Return the picture as SVG text, complete in itself."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        raise NotImplementedError

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_png_(self) -> bytes | None:
        return png(self.svg()) if has_png() else None

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, str]:
        """Return the object in every format that a notebook and its exporters may ask for."""
        bundle = {
            "text/html": self._repr_html_(),
            "image/svg+xml": self.svg(),
            "text/plain": repr(self),
        }
        picture = self._repr_png_()
        if picture is not None:
            bundle["image/png"] = b64encode(picture).decode("ascii")
            bundle["application/pdf"] = b64encode(pdf(picture, SCALE)).decode("ascii")
        wanted = set(bundle if include is None else include) - set(exclude or ())
        return {kind: content for kind, content in bundle.items() if kind in wanted}
