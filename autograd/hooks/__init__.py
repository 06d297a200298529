"""What PyInstaller must know to freeze a program that uses these packages.

PyInstaller asks for this folder by the entry point in `pyproject.toml`. The hooks in it name what
PyInstaller cannot see: modules that are imported at their first use, and the files of the page.
"""

from pathlib import Path


def directories() -> list[str]:
    """Return the folder of the hooks."""
    return [str(Path(__file__).parent)]
