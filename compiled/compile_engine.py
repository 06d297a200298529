"""Compile parts of the engine: ``python compiled/compile_engine.py``.

The modules are stored in ``autograd/engine/compiled``. The engine's import path lists this folder
first, so these modules replace the Python ones. A C compiler and ``pip install cython setuptools``
are needed.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import chdir
from pathlib import Path

from Cython.Build import cythonize
from cython_source import HERE, module_source, recorders_source
from setuptools import Extension, setup

TARGET = Path("autograd", "engine", "compiled")
DIRECTIVES = {
    "language_level": "3",
    "binding": True,  # recorders are methods of Value
    "annotation_typing": False,  # only the .pxd files have types
    "auto_pickle": False,  # the module `copies` defines how nodes are pickled
}
# A product and a sum may not be fused, because the result would differ from that of Python.
FLAGS = [] if sys.platform == "win32" else ["-O2", "-g0", "-ffp-contract=off"]


def compile_engine(folder: Path) -> list[Path]:
    """Return the compiled modules, which are made in the folder."""
    sources = {f"{name}.py": module_source(name) for name in ("node", "topological")}
    sources["compiled_recorders.pyx"] = recorders_source()
    types = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.pxd")}
    engine = Path("autograd", "engine")
    (folder / engine).mkdir(parents=True, exist_ok=True)
    for name, text in {"../__init__.py": "", "__init__.py": "", **types, **sources}.items():
        (folder / engine / name).write_text(text, encoding="utf-8")
    with chdir(folder):  # so that tracebacks have short file names
        extensions = [
            Extension(f"autograd.engine.{path.stem}", [str(path)], extra_compile_args=FLAGS)
            for path in map(engine.joinpath, sources)
        ]
        modules = cythonize(extensions, compiler_directives=DIRECTIVES)
        command = ["build_ext", "--build-lib", "lib", "--build-temp", "objects"]
        setup(name="compiled", ext_modules=modules, packages=[], script_args=command)
    return sorted((folder / "lib" / engine).iterdir())


if __name__ == "__main__":
    (HERE.parent / TARGET).mkdir(exist_ok=True)
    for module in compile_engine(HERE.parent / "build" / "compiled"):
        shutil.copy(module, HERE.parent / TARGET)
