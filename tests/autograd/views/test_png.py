"""PNG pictures come from an optional package, or the error says how to install it."""

import struct
import sys

import pytest

from autograd import Value, draw
from autograd.views.png import png


def picture():
    x = Value(2.0, "x")
    y = x * x
    y.backward()
    return draw(y)


@pytest.mark.optional("resvg_py")
def test_a_png_has_twice_as_many_pixels_as_the_svg(tmp_path):
    drawing = picture()
    path = tmp_path / "square.png"
    assert drawing.save(path) == str(path)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    svg = drawing.svg()
    assert (width, height) == tuple(
        2 * int(svg.split(f'{side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height")
    )


@pytest.mark.optional("resvg_py")
def test_a_large_picture_has_fewer_pixels(optional):
    optional("resvg_py")
    content = png('<svg xmlns="http://www.w3.org/2000/svg" width="60000" height="2000"/>')
    width, height = struct.unpack(">II", content[16:24])
    assert 0.3 < width / 60000 < 0.5 and round(width / height) == 30


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ImportError, match="pip install resvg-py"):
        picture().save(tmp_path / "square.png")
    assert not list(tmp_path.iterdir())
