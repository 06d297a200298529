"""The engine's modules that are imported at their first use, and the files of the live page."""

from PyInstaller.utils.hooks import collect_data_files

from autograd import _LAZY

hiddenimports = sorted({f"autograd{module}" for module in _LAZY.values()})
datas = collect_data_files("autograd")
# Who computes with these imports them, and then they are collected.
excludedimports = ["IPython", "jax", "torch"]
