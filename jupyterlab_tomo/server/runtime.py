"""The runtime folder: what any Python >= 3.9 with numpy needs on its path to run a recipe."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failures import ServerFailure

UNUSED_DAYS = 30
_USED = ".used"
_SKIPPED = ("__pycache__", ".DS_Store")


@dataclass(frozen=True)
class Runtime:
    """A runtime folder on disk.

    Attributes
    ----------
    path
        Goes on PYTHONPATH; its last component is `hash`.
    hash
        Hexadecimal hash over the names and bytes of all files in it.
    """

    path: Path
    hash: str


def target_platform() -> str:
    """The platform of this machine as runtime folders are named: ``linux-x86_64``."""
    return f"{sys.platform}-{platform.machine().lower()}"


def materialise(store: Path, target: str | None = None) -> Runtime:
    """Put the runtime folder for a platform under `store`, once for each content.

    Safe for several servers at once: the folder is made aside and renamed. Folders that nothing
    has asked for in 30 days are removed.

    Parameters
    ----------
    store
        Where runtime folders live.
    target
        Platform of the Python that will use it; left out, this machine's.

    Raises
    ------
    ServerFailure
        ``runtime-missing``: a part is not in the package, or not for that platform.
    """
    files = dict(sorted(_files(target or target_platform())))
    content = _hash(files)
    folder = store / content
    if not _is_whole(folder, files):
        _make(store, folder, files)
    (folder / _USED).touch()
    _prune(store, folder)
    return Runtime(folder, content)


def _files(target: str) -> Iterator[tuple[str, Path]]:
    """Every file of the runtime: its place in the folder, and where it is now."""
    built = Path(__file__).parent.parent / "_built" / "runtime"
    # The runner as it is installed: in a checkout that is the source being worked on.
    yield from _package("tomo_runner")
    if not (built / "common").is_dir():
        raise _missing("its Python packages are", str(built / "common"))
    yield from _tree(built / "common", "")
    if (built / target).is_dir():
        yield from _tree(built / target, "")
    elif target == target_platform():
        yield from _package("wasmtime")
    else:
        raise _missing(f"wasmtime for {target} is", str(built / target))


def _package(name: str) -> Iterator[tuple[str, Path]]:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise _missing(f"the package {name} is", name)
    yield from _tree(Path(found.submodule_search_locations[0]), f"{name}/")


def _tree(root: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in names:
            if name not in _SKIPPED:
                path = Path(folder, name)
                yield f"{prefix}{path.relative_to(root).as_posix()}", path


def _hash(files: dict[str, Path]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for name, path in files.items():
        content = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return whole.hexdigest()


def _is_whole(folder: Path, files: dict[str, Path]) -> bool:
    """Whether nothing is missing: some sites remove files that nobody has read for long."""
    try:
        return all(
            (folder / name).stat().st_size == path.stat().st_size for name, path in files.items()
        )
    except OSError:
        return False


def _make(store: Path, folder: Path, files: dict[str, Path]) -> None:
    try:
        store.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".making-", dir=store))
        thinned = aside.with_name(f"{aside.name}-old")
        try:
            for name, path in files.items():
                target = aside / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            # mkdtemp makes it private; a kernel may run as somebody else.
            aside.chmod(0o755)
            # Moved away only now, so that what runs from it finds the new one in its place.
            if folder.is_dir() and not _is_whole(folder, files):
                with contextlib.suppress(FileNotFoundError):
                    folder.rename(thinned)
            try:
                aside.rename(folder)
            except OSError:
                # Another server was faster.
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(thinned, ignore_errors=True)
    except OSError as error:
        raise ServerFailure(
            503,
            "runtime-not-written",
            f"The runtime of the reconstruction cannot be written: {error.strerror or error}.",
            str(folder),
            "Make room or give write access to that folder, and try again.",
        ) from error


def _prune(store: Path, kept: Path) -> None:
    oldest = time.time() - UNUSED_DAYS * 86400
    for folder in store.iterdir():
        used = folder / _USED
        stamp = used if used.exists() else folder
        with contextlib.suppress(OSError):
            if folder != kept and folder.is_dir() and stamp.stat().st_mtime < oldest:
                shutil.rmtree(folder)


def _missing(what: str, where: str) -> ServerFailure:
    return ServerFailure(
        503,
        "runtime-missing",
        f"The runtime of the reconstruction is not complete: {what} missing.",
        where,
        "Install jupyterlab_tomo again, or run `npm run build` in the checkout.",
    )
