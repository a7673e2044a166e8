"""The answers to an agent's requests; what they hold is in ``src/api/api.schema.json``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

import numpy as np

from .cache import Cache
from .centre import find_centre, opposite_projection, tool_of_method
from .dataset import Dataset
from .describe import description
from .estimate import estimate
from .external import ToolHosts, python_of
from .failures import DataFailure, RecipeFailure
from .pipeline import Pipeline
from .preview import UsedAxis, find_axis, preview_row
from .process import machine_bytes
from .readers import stamp
from .recipe import Recipe, validate
from .reconstruct import Reconstructor
from .regions import Axis, centre_method, given_axis, region_of_interest
from .results import describe_result, read_slice
from .savu import exported, installed
from .steps.active import active_steps
from .stopping import Stop
from .tilt import tilt_of
from .tools import list_tools
from .workers import Workers

Request = Mapping[str, Any]
Answer = Tuple[Dict[str, Any], Optional[np.ndarray]]

_PIPELINE_BYTES = 8 << 20
"""What an open data set with its headers and measures is counted as."""
_DESCRIPTION_BYTES = 64 << 10


class Service:
    """Answers requests; safe for several threads at once.

    Parameters
    ----------
    workers
        Where the work is done.
    budget
        Bytes that may be kept between requests.
    """

    def __init__(self, workers: Workers, budget: int) -> None:
        self._workers = workers
        self._cache = Cache(budget)
        self._hosts = ToolHosts(machine_bytes() // 2)
        self._operations: Dict[str, Callable[[Request, Stop], Answer]] = {
            "describe": self._describe,
            "projection": self._projection,
            "preview": self._preview,
            "centre": self._centre,
            "estimate": self._estimate,
            "result": self._result,
            "slice": self._slice,
            "export": self._export,
            "tools": self._tools,
            "savuPlugins": self._savu_plugins,
        }

    def close(self) -> None:
        """End the tools that were kept."""
        self._hosts.close()

    def answer(self, request: Request, stop: Stop) -> Answer:
        """The answer: ``reply`` or ``about``, and an image.

        Raises
        ------
        Failure
            What is wrong with the request, its recipe or its data.
        """
        operation = self._operations.get(str(request.get("op")))
        if operation is None:
            raise RecipeFailure(
                "unknown-operation",
                f"The agent knows no operation {request.get('op')!r}.",
                "op",
                f"Known are {', '.join(self._operations)}.",
            )
        stop.check()
        try:
            return operation(request, stop)
        except DataFailure as failure:
            if failure.code != "data-changed":
                raise
            # Opened before the file was written anew: what is kept of it is not found any more.
            return operation(request, stop)

    # --- operations ------------------------------------------------------------------------

    def _describe(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        settings, air = recipe.get("dataset", {}), recipe.get("regions", {}).get("air")
        # Before the look, so that what is written meanwhile is another one next time.
        files = json.dumps(stamp(settings, base))

        def make() -> Dict[str, Any]:
            word = hashlib.blake2b(files.encode(), digest_size=8).hexdigest()
            return {**description(Dataset(recipe, base), recipe), "stamp": word}

        key = ("description", json.dumps([settings, air, str(base), files], sort_keys=True))

        reply: Dict[str, Any] = self._cache.get(key, make, lambda _: _DESCRIPTION_BYTES)
        return {"reply": reply}, None

    def _projection(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        if request.get("opposite"):
            image, angle = opposite_projection(self._pipeline(recipe, base), stop)
            about = {"stage": "processed", "angle": angle + 180.0}
            return {"about": about}, np.asarray(image, np.float32)
        index = _number(request, "index")
        raw = request.get("stage") == "raw"
        dataset = self._dataset(recipe, base) if raw else self._pipeline(recipe, base).dataset
        if not 0 <= index < dataset.frames:
            raise RecipeFailure(
                "outside",
                f"There is no projection {index}; there are {dataset.frames}.",
                "index",
                f"Give an index from 0 to {dataset.frames - 1}.",
            )
        name = dataset.acquisition.projections.name(index)
        angles = dataset.angles.values
        about = {
            "index": index,
            "stage": "raw" if raw else "processed",
            "name": Path(name).name,
            "angle": None if angles is None else float(angles[index]),
            "excluded": index not in dataset.kept,
        }
        if raw:
            series = dataset.acquisition.projections
            image = dataset.read(series, index, index + 1, dataset.whole)[0]
        else:
            pipeline = self._pipeline(recipe, base)
            if about["excluded"]:
                # Excluded ones can be looked at, but have no dose of their own.
                settings = {k: v for k, v in recipe["dataset"].items() if k != "exclude"}
                pipeline = self._pipeline({**recipe, "dataset": settings}, base)
            image = pipeline.projection(index, dataset.whole, stop)
        return {"about": about}, np.asarray(image, np.float32)

    def _preview(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        pipeline = self._pipeline(recipe, base)
        axis = self._axis(recipe, base, pipeline, stop, request.get("python"))
        product = str(request.get("product", "slice"))
        made = preview_row(
            recipe,
            pipeline,
            _number(request, "row"),
            product,
            stop,
            axis,
            self._hosts,
            request.get("python"),
        )
        return {"about": made.about}, made.image

    def _centre(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        pipeline, method = self._pipeline(recipe, base), centre_method(recipe)
        found = find_centre(
            pipeline, stop, request.get("rows"), method, self._hosts, request.get("python")
        )
        return {"reply": found.to_json()}, None

    def _export(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        return {"reply": exported(recipe, base, str(request["kind"]))}, None

    def _estimate(self, request: Request, stop: Stop) -> Answer:
        recipe, base = _recipe(request)
        dataset = self._dataset(recipe, base)
        dataset.require_angles()
        region = region_of_interest(recipe, dataset)
        middle = Axis((region.left + region.right - 1) / 2, 0.0, 0.0)
        axis = given_axis(recipe, dataset) or middle
        tilt = tilt_of(axis, dataset)
        stands = axis if tilt is None else tilt.upright(axis)
        engine = self._workers.engine()
        size = Reconstructor(recipe, dataset, region, stands).size(engine)
        name = str(request.get("name", "reconstruction"))
        cores = _number(request, "cores")
        memory = _number(request, "memory") if "memory" in request else None
        python = request.get("python")
        return {"reply": estimate(recipe, dataset, base, name, cores, memory, size, python)}, None

    def _result(self, request: Request, stop: Stop) -> Answer:
        return {"reply": describe_result(Path(_text(request, "folder")))}, None

    def _slice(self, request: Request, stop: Stop) -> Answer:
        row = _number(request, "row")
        image = read_slice(Path(_text(request, "folder")), row)
        return {"about": {"row": row}}, image

    def _tools(self, request: Request, stop: Stop) -> Answer:
        python, again = request.get("python"), bool(request.get("again", False))
        return {"reply": {"tools": list_tools(python, again)}}, None

    def _savu_plugins(self, request: Request, stop: Stop) -> Answer:
        python, again = request.get("python"), bool(request.get("again", False))
        return {"reply": installed(stop, python, again)}, None

    # --- kept between requests -------------------------------------------------------------

    def _dataset(self, recipe: Recipe, base: Path) -> Dataset:
        key = ("dataset", _key(recipe.get("dataset"), base))
        dataset: Dataset = self._cache.get(
            key, lambda: Dataset(recipe, base), lambda _: _PIPELINE_BYTES
        )
        return dataset

    def _pipeline(self, recipe: Recipe, base: Path) -> Pipeline:
        """The data set with its steps; noise and dose are measured once for them."""
        air = recipe.get("regions", {}).get("air")
        key = ("pipeline", _key([recipe.get("dataset"), recipe.get("filters"), air], base))

        def make() -> Pipeline:
            return Pipeline(recipe, self._dataset(recipe, base), self._workers)

        pipeline: Pipeline = self._cache.get(key, make, lambda _: _PIPELINE_BYTES)
        return pipeline

    def _axis(
        self,
        recipe: Recipe,
        base: Path,
        pipeline: Pipeline,
        stop: Stop,
        python: Optional[str],
    ) -> UsedAxis:
        """The axis; a search in which sinogram steps have no part is done once for all of them."""
        # A method of a tool finds what the Python that was asked has, or why it has nothing.
        tool = tool_of_method(centre_method(recipe))
        there = python_of(tool, python) if tool else ""
        parts = [recipe.get("dataset"), recipe.get("regions"), there]
        before = [vars(step) for step in active_steps(recipe, "projection")]
        common = ("axis", _key([*parts, before], base))
        kept: Optional[UsedAxis] = self._cache.kept(common)
        if kept is not None:
            return kept

        def make() -> UsedAxis:
            return find_axis(recipe, pipeline, stop, self._hosts, python)

        own = ("axis of steps", _key([*parts, recipe.get("filters")], base))
        found: UsedAxis = self._cache.get(own, make, lambda _: 1024)
        if not found.of_steps:
            self._cache.get(common, lambda: found, lambda _: 1024)
        return found


def _recipe(request: Request) -> Tuple[Recipe, Path]:
    recipe = request.get("recipe")
    validate(recipe)
    return dict(recipe or {}), Path(_text(request, "base"))


def _key(part: Any, base: Path) -> str:
    """Settings as text, with what tells that the data where they lie are others now."""
    settings = part[0] if isinstance(part, list) else part
    return json.dumps([part, str(base), stamp(settings or {}, base)], sort_keys=True)


def _number(request: Request, key: str) -> int:
    value = request.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecipeFailure(
            "bad-request", f"The request's {key} is not a whole number.", key, "Report this."
        )
    return value


def _text(request: Request, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise RecipeFailure("bad-request", f"The request lacks {key}.", key, "Report this.")
    return value
