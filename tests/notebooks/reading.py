"""A notebook as its reader has it: cells, and every output as words and numbers, not pixels.

Needs nothing but Python, so that what is committed can be checked everywhere.
"""

import json
import re
from base64 import b64decode
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d*(?:e[-+]?\d+)?|\d+(?:e[-+]?\d+)?")
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[^\d\s]+")
_RELATIVE = 1e-6  # by which a number may differ
_ROUNDED = 5  # significant digits, from which the last one may differ by one


@dataclass(frozen=True)
class Cell:
    """One cell: its kind ("markdown" or "code"), id, text, tags and outputs."""

    kind: str
    id: str
    text: str
    tags: tuple[str, ...]
    outputs: tuple[dict, ...]

    @property
    def says(self):
        """What its outputs say: for each its kinds and the text in it, pictures' texts too."""
        return [_said(output) for output in self.outputs]


def read(path):
    """Return the cells of a notebook, in order."""
    return cells_of(json.loads(Path(path).read_text("utf-8")))


def cells_of(content):
    """Return the cells of a notebook that is read already, as dictionaries."""
    return [
        Cell(
            cell["cell_type"],
            cell["id"],
            _joined(cell["source"]),
            tuple(cell["metadata"].get("tags", ())),
            tuple(cell.get("outputs", ())),
        )
        for cell in content["cells"]
    ]


def exercises(cells):
    """Return the cells that are sheets to be filled in."""
    return [cell for cell in cells if "exercise" in cell.tags]


def differences(old, new):
    """Return, in words, where the outputs of two runs of one notebook differ.

    Words are the same, and so are whole numbers; others to six digits, and where they are written
    with five or more, to one in the last. A cell tagged "measured" is compared without numbers.
    """
    if [cell.text for cell in old] != [cell.text for cell in new]:
        return ["the cells are not the same"]
    return [
        f"cell {one.id}: {found}"
        for one, other in zip(old, new, strict=True)
        if (found := _difference(one.says, other.says, "measured" in one.tags))
    ]


def _difference(old, new, measured):
    kinds = [[kind for kind, _ in said] for said in (old, new)]
    if kinds[0] != kinds[1]:
        return f"it showed {kinds[0]}, now {kinds[1]}"
    for (_, before), (_, after) in zip(old, new, strict=True):
        pairs = zip_longest(tokens(before, measured), tokens(after, measured), fillvalue="nothing")
        for a, b in pairs:
            if not same(a, b):
                return f"it said {a!r}, now {b!r}"
    return ""


def tokens(text, measured=False):
    """Return a text as words and numbers.

    >>> tokens("C = 0.083232, 3 paths of 1,024")
    ['C', '=', '0.083232', ',', '3', 'paths', 'of', '1,024']
    >>> tokens("12.5 ms", measured=True)
    ['ms']
    """
    found = _TOKEN.findall(text)
    return [t for t in found if not _NUMBER.fullmatch(t)] if measured else found


def same(a, b):
    """Return whether two tokens are the same word, or numbers equal as far as they are written.

    >>> same("0.083232", "0.083233"), same("0.08323200000000001", "0.083232"), same("0.4", "0.5")
    (True, True, False)
    >>> same("9.9999995", "10.0"), same("9", "10"), same("C", "D")
    (True, False, False)
    """
    if a == b:
        return True
    if not (_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b)) or "." not in a + b:
        return False
    x, y = (float(text.replace(",", "")) for text in (a, b))
    unit = max(_unit(a), _unit(b)) if min(_digits(a), _digits(b)) >= _ROUNDED else 0.0
    return abs(x - y) <= max(_RELATIVE * abs(x), 1.001 * unit)


def _digits(text):
    return len(re.sub(r"e.*|\D", "", text).lstrip("0"))


def _unit(text):
    """Return the worth of one in the last written digit."""
    mantissa, _, exponent = text.partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


# --- what an output says --------------------------------------------------------------------------


def _joined(text):
    return text if isinstance(text, str) else "".join(text)


def _said(output):
    if output["output_type"] == "stream":
        return f"stream {output['name']}", _joined(output["text"])
    if output["output_type"] == "error":
        return "error", f"{output['ename']}: {output['evalue']}"
    data = output["data"]
    kinds = sorted(data)
    return " ".join(kinds), "\n".join(_content(kind, data[kind]) for kind in kinds)


def _content(kind, data):
    if kind == "text/html":
        return html_text(_joined(data))
    if kind == "image/svg+xml":
        return svg_text(_joined(data))
    if kind.startswith("image/"):
        return ""  # pixels
    return json.dumps(data) if isinstance(data, dict) else _joined(data)


class _Reader(HTMLParser):
    """Gathers what HTML says: its text, its pictures' texts, the data of a live page in a frame."""

    _SILENT = ("script", "style")

    def __init__(self):
        super().__init__()
        self.said, self.inside = [], ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in self._SILENT:
            self.inside = "data" if given.get("type") == "application/json" else tag
        self.said += [given[name] for name in ("alt", "title") if name in given]
        if given.get("src", "").startswith("data:image/svg+xml"):
            self.said.append(svg_text(_decoded(given["src"])))
        if "srcdoc" in given:
            self.said.append(html_text(given["srcdoc"]))

    def handle_endtag(self, tag):
        if tag in self._SILENT:
            self.inside = ""

    def handle_data(self, data):
        if self.inside == "data":
            page = json.loads(data)  # the numbers of a live page; its scenes are coordinates
            self.said.append(json.dumps([page["rows"], page["nodes"]], ensure_ascii=False))
        elif not self.inside:
            self.said.append(data)


def html_text(text):
    """Return what a piece of HTML says.

    >>> html_text("<p>C = <b>0.4</b></p><script>hidden()</script><img alt='a graph' src='x.png'>")
    'C = \\n0.4\\na graph'
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "\n".join(reader.said)


def svg_text(text):
    """Return what an SVG picture says.

    >>> svg_text("<svg xmlns='http://www.w3.org/2000/svg'><text x='3'>w</text><path/></svg>")
    'w'
    """
    words = ("text", "title", "desc")
    return "\n".join(
        "".join(element.itertext())
        for element in ElementTree.fromstring(text).iter()
        if element.tag.rpartition("}")[2] in words
    )


def _decoded(uri):
    head, _, data = uri.partition(",")
    return b64decode(data).decode() if head.endswith(";base64") else unquote(data)
