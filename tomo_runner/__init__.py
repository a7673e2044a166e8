"""Executes a reconstruction recipe without Jupyter.

``python -m tomo_runner --help`` lists the commands. The code runs on Python 3.9
and newer with numpy; h5py is imported when a data set is an HDF5 file.
"""

from __future__ import annotations

from .version import VERSION

__all__ = ["__version__"]

__version__ = VERSION
