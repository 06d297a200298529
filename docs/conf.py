"""The settings of Sphinx; see build_site.py."""

import autograd

project = "gradtrace"
author = "The gradtrace founders"
version = release = autograd.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb", "sphinx-mathjax-offline"]
exclude_patterns = ["pictures"]
nb_execution_mode = "off"  # the notebooks are committed as they ran, and the tests run them again
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
html_theme = "furo"
html_title = "gradtrace"
html_show_sourcelink = False
html_show_copyright = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses from files


def escape_bars(app, what, name, obj, options, lines):
    """Write |x| so that it is not read as the name of a substitution."""
    lines[:] = [
        line if line.lstrip().startswith(">>>") or "``" in line else line.replace("|", r"\|")
        for line in lines
    ]


def setup(app):
    """Add what the docstrings need."""
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
