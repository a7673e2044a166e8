"""A command of the user's own: sinograms in files, a program without a shell, slices from files."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional

import numpy as np
import tifffile

from ..failures import RecipeFailure, ToolFailure, output_failure
from ..process import machine_bytes
from ..recipe import Recipe
from ..stopping import Stop
from ..toolhost.geometry import moved
from ..toolhost.savu_files import PROJECTION, NxtomoWriter
from ..workers import Workers
from .child import Child, Limits
from .slab import Say, SlabReconstructor, Write

PLACEHOLDERS = ("input", "output", "recipe", "rows", "cores", "centre")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_STRAIGHT = 0.005
"""Columns that a row's axis may stand beside the one that its call is told."""
_EDGE = 32
"""Columns over which what a Fourier shift does to the step between its ends fades."""


@dataclass(frozen=True)
class Place:
    """Where a command runs and with how much.

    Attributes
    ----------
    folder
        The job folder.
    memory
        Bytes that it may take; 0: no limit.
    """

    folder: Path
    memory: int = 0


def check_command(recipe: Recipe) -> List[str]:
    """The program and arguments of a recipe's command, placeholders still in them.

    Raises
    ------
    RecipeFailure
        When it cannot be split, is empty, or has a placeholder that nobody fills in.
    """
    parameters = recipe["reconstruction"].get("parameters", {})
    where = "reconstruction.parameters.command"
    try:
        argv = shlex.split(str(parameters.get("command", "")))
    except ValueError as error:
        raise RecipeFailure(
            "bad-command",
            f"The command cannot be split into arguments: {str(error).lower()}.",
            where,
            "Close every quotation mark.",
        ) from None
    if not argv:
        raise RecipeFailure(
            "bad-command",
            "The recipe has no command to run.",
            where,
            "Write program and arguments, as: python my_recon.py {input} {output}.",
        )
    for name in _PLACEHOLDER.findall(" ".join(argv)):
        if name not in PLACEHOLDERS:
            raise RecipeFailure(
                "unknown-placeholder",
                f"The command has the unknown placeholder {{{name}}}.",
                where,
                "Allowed are " + ", ".join(f"{{{each}}}" for each in PLACEHOLDERS) + ".",
            )
    pattern = str(parameters.get("pattern", "*.tif*"))
    if "/" in pattern or "\\" in pattern:
        raise RecipeFailure(
            "bad-pattern",
            f"The pattern {pattern} leads out of the output folder.",
            "reconstruction.parameters.pattern",
            "Give a pattern of file names, as *.tif.",
        )
    return argv


class CommandReconstructor(SlabReconstructor):
    """Gives slabs to a program of the user's. Its command must have been approved before.

    See ``SlabReconstructor`` for what is not said here.

    Parameters
    ----------
    place
        Where it runs.
    """

    def __init__(self, *arguments: Any, place: Place) -> None:
        super().__init__(*arguments)
        self._recipe: Recipe = arguments[0]
        self._argv = check_command(self._recipe)
        self._place = place

    def warm(self) -> None:
        """There is nothing to load ahead."""

    def slab(
        self,
        workers: Workers,
        sinograms: np.ndarray,
        first: int,
        stop: Stop,
        write: Write,
        say: Say,
    ) -> None:
        """Run the command once for these rows, see ``SlabReconstructor.slab``.

        Raises
        ------
        ToolFailure
            When it fails, or leaves no slices, wrong ones or NaN.
        """
        size = self.size(workers.engine())
        prepared = np.empty_like(sinograms)
        angles = self._processed(workers, sinograms, prepared, stop)
        rows = range(first, first + len(sinograms))
        centre = self._straighten(prepared, rows)
        folder = self._place.folder / f"command_{rows.start}_{rows.stop}"
        shutil.rmtree(folder, ignore_errors=True)
        output = folder / "output"
        try:
            output.mkdir(parents=True)
            given = self._input(folder, prepared, angles, rows)
            recipe = folder / "recipe.tomo.json"
            recipe.write_text(json.dumps(self._recipe, indent=2), encoding="utf-8")
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise output_failure(error, folder) from None
        values = {
            "input": str(given),
            "output": str(output),
            "recipe": str(recipe),
            "rows": f"{rows.start}:{rows.stop}",
            "cores": str(workers.count),
            "centre": repr(centre),
        }
        argv = [_PLACEHOLDER.sub(lambda found: values[found.group(1)], part) for part in self._argv]
        try:
            minutes = float(self.parameters["minutes"])
            limits = Limits(
                self._place.memory or machine_bytes(),
                60.0 * minutes,
                "Give it fewer rows, or more minutes in its parameters.",
            )
            Child(argv, Path(argv[0]).name, limits, {"cwd": str(self._place.folder)}).wait(stop)
            files = self._found(output, len(rows))
            mask = self._outside(size)
            if len(files) == 1 and len(rows) > 1:
                volume = self._read(files[0])
                if len(volume) != len(rows):
                    raise self._failed(
                        "tool-shape",
                        f"{files[0].name} has {len(volume)} slices for {len(rows)} rows.",
                    )
                for row, image in zip(rows, volume):
                    self._take(image, files[0].name, row, size, mask, write)
                return
            with ThreadPoolExecutor(workers.count) as pool:
                done = [
                    pool.submit(self._collect, path, row, size, mask, write)
                    for path, row in zip(files, rows)
                ]
                for each in done:
                    each.result()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _straighten(self, sinograms: np.ndarray, rows: range) -> float:
        """Move rows with a tilted axis so that all have the middle one's: a call has one centre.

        Returns
        -------
        float
            Its column in the sinograms, float32 (row, angle, column), which are changed in place.
        """
        middle = self._axis.at((rows.start + rows.stop - 1) / 2)
        columns = sinograms.shape[2]
        for row, sinogram in zip(rows, sinograms):
            shift = middle - self._axis.at(row)
            if abs(shift) > _STRAIGHT:
                # A Fourier shift is periodic: what comes in from outside is the edge's value.
                edge = int(np.ceil(abs(shift))) + _EDGE
                wide = np.pad(sinogram, ((0, 0), (edge, edge)), mode="edge")
                sinogram[...] = moved(wide, shift)[:, edge : edge + columns]
        return float(middle - self._region.left)

    def _input(self, folder: Path, sinograms: np.ndarray, angles: np.ndarray, rows: range) -> Path:
        """Write what the command reads; angles in degrees are beside the sinograms."""
        if self.parameters["input"] == "nxtomo":
            path = folder / "input.nxs"
            count = len(angles)
            shape = (len(rows), sinograms.shape[2])
            keys = [PROJECTION] * count
            with NxtomoWriter(path, keys, angles.tolist(), shape, np.float32) as writer:
                for index in range(count):
                    writer.write(index, sinograms[:, index][None])
            return path
        path = folder / "input"
        path.mkdir()
        for row, sinogram in zip(rows, sinograms):
            tifffile.imwrite(path / f"sinogram_{row:05d}.tif", sinogram)
        np.savetxt(folder / "input" / "angles.txt", angles, fmt="%.9g")
        return path

    def _found(self, output: Path, count: int) -> List[Path]:
        pattern = str(self.parameters["pattern"])
        found = [path for path in output.glob(pattern) if path.is_file()]
        files = sorted(found, key=lambda path: _natural(path.name))
        if not files:
            there = sorted(path.name for path in output.iterdir())
            raise self._failed(
                "tool-nothing",
                f"The command left no file {pattern} in {{output}}"
                + (f"; there is {there[0]}." if there else "."),
            )
        if len(files) not in (1, count):
            raise self._failed(
                "tool-shape",
                f"The command left {len(files)} files {pattern} for {count} rows.",
            )
        return files

    def _collect(
        self,
        path: Path,
        row: int,
        size: int,
        mask: Optional[np.ndarray],
        write: Write,
    ) -> None:
        """One slice from its file."""
        self._take(self._read(path), path.name, row, size, mask, write)

    def _take(
        self,
        image: np.ndarray,
        name: str,
        row: int,
        size: int,
        mask: Optional[np.ndarray],
        write: Write,
    ) -> None:
        if image.shape != (size, size):
            raise self._failed(
                "tool-shape",
                f"The slice of row {row} in {name} is {' x '.join(map(str, image.shape))}; "
                f"it must be {size} x {size}.",
            )
        self._finish(row, np.asarray(image, np.float32), mask, write)

    def _read(self, path: Path) -> np.ndarray:
        try:
            image: np.ndarray = tifffile.imread(path)
        except (OSError, ValueError, tifffile.TiffFileError) as error:
            raise self._failed(
                "tool-shape", f"{path.name}, which the command left, is no TIFF image ({error})."
            ) from None
        return image

    def _failed(self, code: str, message: str) -> ToolFailure:
        return ToolFailure(
            code,
            message,
            "reconstruction.parameters.command",
            "Its messages are in the log; one TIFF of float32 values for each row is expected, "
            "sorted by name.",
        )


def _natural(name: str) -> List[Any]:
    """Names in the order in which people count: 2 before 10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
