"""The server that the browser tests drive.

Its contents root is a temporary folder with the example data and notebook in
``examples/``; data, jobs and settings stay in folders of their own, so that
neither the checkout nor the user's own JupyterLab is touched.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # noqa: F821 - defined by the config loader

checkout = Path(__file__).resolve().parent.parent
folder = Path(tempfile.mkdtemp(prefix="tomo-galata-"))
atexit.register(shutil.rmtree, folder, ignore_errors=True)

root = folder / "root"
sys.path.insert(0, str(checkout / "examples"))
from make_data import make  # noqa: E402 - found by the line above

make(root / "examples" / "data")
notebooks = root / "examples" / "notebooks"
notebooks.mkdir(parents=True)
for notebook in (checkout / "examples" / "notebooks").glob("*.ipynb"):
    shutil.copy(notebook, notebooks)

# Real data, where the machine has them; users do not.
shared = Path(os.environ.get("TOMO_SHARED_DATA", checkout.parent / "shared" / "data"))
if (shared / "psi-neutron-ct").is_dir():
    (root / "psi-neutron-ct").symlink_to((shared / "psi-neutron-ct").resolve())

os.environ["JUPYTER_DATA_DIR"] = str(folder / "data")
os.environ["JUPYTER_TOMO_JOBS"] = str(folder / "jobs")

configure_jupyter_server(c)
c.ServerApp.port = int(os.environ.get("TOMO_TEST_PORT", "8899"))
c.ServerApp.port_retries = 0
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_root = True
c.ServerApp.root_dir = str(root)
c.LabApp.workspaces_dir = str(folder / "workspaces")
c.LabApp.user_settings_dir = str(folder / "settings")
