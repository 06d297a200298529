"""Wrap a PNG as a PDF of one page, for exporters that put only PDF into a LaTeX document.

nbconvert calls Inkscape for every SVG of a notebook, and fails without it. A picture that is also
offered as PDF is not converted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_POINTS = 0.75  # points of the PDF per pixel of the SVG
# PDF has no RGBA. The four channels are read as three inks and one that leaves no mark.
_COLORS = (
    "[/DeviceN [/Red /Green /Blue /None] /DeviceRGB 6 0 R]",
    "<< /FunctionType 4 /Domain [0 1 0 1 0 1 0 1] /Range [0 1 0 1 0 1] /Length 5 >>",
)


def pdf(png: bytes, scale: float) -> bytes:
    """Return a PDF that shows an opaque PNG of red, green, blue and alpha.

    The compressed pixels are copied, because PDF and PNG share their format.

    Args:
        png: the picture, eight bits a channel and not interlaced.
        scale: pixels of the PNG for one of the SVG.
    """
    width, height = struct.unpack(">II", png[16:24])
    if png[24:29] != b"\x08\x06\x00\x00\x00":
        raise ValueError("the PNG is not of eight bits with red, green, blue and alpha")
    pixels = b"".join(content for kind, content in _chunks(png) if kind == b"IDAT")
    across, down = width / scale * _POINTS, height / scale * _POINTS
    drawn = f"q {across:.2f} 0 0 {down:.2f} 0 0 cm /P Do Q".encode()
    image = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 "
        f"/ColorSpace {_COLORS[0]} /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 4 "
        f"/BitsPerComponent 8 /Columns {width} >> /Length {len(pixels)} >>"
    )
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across:.2f} {down:.2f}] /Contents 4 0 R "
            "/Resources << /XObject << /P 5 0 R >> >> >>".encode(),
            _stream(f"<< /Length {len(drawn)} >>", drawn),
            _stream(image, pixels),
            _stream(_COLORS[1], b"{pop}"),
        ]
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each chunk of a PNG."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _stream(about: str, content: bytes) -> bytes:
    return b"%s\nstream\n%s\nendstream" % (about.encode(), content)


def _document(objects: list[bytes]) -> bytes:
    """Return the objects, numbered from 1, with the table of where each begins."""
    text, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        starts.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    return text + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count, table, count, len(text))
    )
