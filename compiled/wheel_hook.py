"""Hatchling's hook that puts the compiled modules into a wheel, which is then for one platform."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
from compile_engine import TARGET, compile_engine


class CompiledWheel(BuildHookInterface[Any]):
    """The hook, which runs only if HATCH_BUILD_HOOK_ENABLE_CUSTOM is set."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the modules and add them to what the wheel has."""
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for module in compile_engine(Path(self.root, "build", "compiled")):
            build_data["force_include"][str(module)] = (TARGET / module.name).as_posix()
