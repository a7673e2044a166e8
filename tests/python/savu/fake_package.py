"""A package ``savu`` with two plugins and a broken one, defined as Savu defines its own."""

from __future__ import annotations

import sys
from pathlib import Path

# Laid out as Savu is: a register of classes, their parameters in the tools beside them.
UTILS = """
import os, savu
plugins = {}
def register_plugin(cls):
    plugins[cls.__name__] = cls
    return cls
def get_plugins_paths(examples=True):
    root = os.path.join(savu.__path__[0], "plugins")
    return {os.path.join(root, d): "savu.plugins.%s." % d for d in sorted(os.listdir(root))
            if os.path.isdir(os.path.join(root, d)) and d != "__pycache__"}
class Plugin:
    definitions = {}
    def get_plugin_tools(self):
        print("Savu prints what it likes")
        return self
    docstring_info = {"synopsis": "What it\\n does."}
    def get_doc(self): return {}
    def get_param_definitions(self): return self.definitions
    def get_param_values(self): return {k: d["default"] for k, d in self.definitions.items()}
"""
RECON = """
from savu.plugins.utils import Plugin, register_plugin
import nowhere_to_be_found as library
from nowhere_to_be_found.deeper import Base
@register_plugin
class OwnRecon(Plugin, Base):
    definitions = {
        "algorithm": {"visibility": "basic", "dtype": "str", "default": "FBP",
                      "options": ["FBP", "SIRT"], "description": {"summary": "Which\\n one."}},
        "rounds": {"visibility": "intermediate", "dtype": "[None, int]", "default": "None",
                   "description": "How many.", "dependency": {"algorithm": "SIRT"}},
        "region": {"visibility": "basic", "dtype": "[preview, dict{str:preview}]", "default": []},
        "in_datasets": {"visibility": "datasets", "dtype": "[list[],list[str]]", "default": []},
        "pair": {"visibility": "hidden", "dtype": "[list[float, h5path],list[None,None]]",
                 "default": ["None", "None"]},
    }
"""
LOADER = """
from savu.plugins.utils import Plugin, register_plugin
@register_plugin
class NxtomoLoader(Plugin):
    definitions = {"name": {"visibility": "intermediate", "dtype": "str", "default": "tomo",
                            "description": "Theirs."},
                   "data_path": {"visibility": "basic", "dtype": "h5path", "default": "elsewhere",
                                 "description": "Another default."}}
"""


def write_package(folder: Path, version: str = "4.2") -> Path:
    """Write the package and a command ``bin/savu`` beside a Python; the command."""
    for name, text in {
        "__init__": "",
        "version": f"__version__ = {version!r}",
        "plugins/__init__": "",
        "plugins/utils": UTILS,
        "plugins/reconstructions/__init__": "",
        "plugins/reconstructions/own_recon": RECON,
        "plugins/reconstructions/broken": "1 / 0",
        "plugins/loaders/__init__": "",
        "plugins/loaders/full_field_loaders/__init__": "",
        "plugins/loaders/full_field_loaders/nxtomo_loader": LOADER,
    }.items():
        path = folder / "site" / "savu" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    program = folder / "bin" / "savu"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    python = program.parent / "python"
    python.unlink(missing_ok=True)
    python.symlink_to(sys.executable)
    return program
