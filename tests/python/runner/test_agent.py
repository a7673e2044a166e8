"""The agent: its protocol, its answers, and how quickly it gives up."""

from __future__ import annotations

import io
import os
import subprocess
import time

import numpy as np
import phantom
import psutil
import pytest
import tifffile
from talk import Talk

from tomo_runner.agent import MARK, Agent
from tomo_runner.failures import Failure
from tomo_runner.frames import binned, encode, image_frame, read_header
from tomo_runner.readers import freshness
from tomo_runner.readers.tiff import TiffSeries
from tomo_runner.service import Service
from tomo_runner.stopping import Stop
from tomo_runner.workers import Workers


@pytest.fixture
def talk(child):
    return Talk(
        child("agent", "--cores", 2, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    )


def image(header, body):
    return np.frombuffer(body, "<f4").reshape(header["shape"])


def test_says_hello_and_ends_with_its_input(talk):
    reply = talk.hello["reply"]
    assert reply["protocol"] == 1 and len(reply["hash"]) == 16
    talk.process.stdin.close()
    assert talk.process.wait(60) == 0


def test_preview_equals_the_run(talk, cli, folder, recipe, save, tmp_path):
    asked = recipe(folder)
    del asked["regions"]
    assert cli("run", save(asked), "--output", tmp_path / "o")[0] == 0
    base = str(tmp_path)
    head, body = talk.ask("preview", base=base, recipe=asked, row=7, product="slice")
    expected = tifffile.imread(tmp_path / "o" / "slice_00007.tif")
    np.testing.assert_array_equal(image(head, body), expected)
    assert head["range"] == [float(expected.min()), float(expected.max())]
    assert head["about"]["row"] == 7 and head["encoding"] == "raw"
    head, body = talk.ask("slice", folder=str(tmp_path / "o"), row=7, bin=5)
    np.testing.assert_array_equal(image(head, body), binned(expected, 5))
    reply = talk.ask("result", folder=str(tmp_path / "o"))[0]["reply"]
    assert reply["complete"] and reply["finished"] == [[0, 12]] and reply["width"] == 96


def test_a_row_of_4096_columns_is_whole_and_binned(talk, cli, recipe, save, tmp_path):
    made = phantom.scan(4096, 2, 24)
    data = phantom.write_nxtomo(tmp_path / "wide.nxs", phantom.counts(made), made.angles)
    asked = {**recipe(data), "dataset": {"path": str(data)}}
    asked["filters"] = [{"name": "normalise"}, {"name": "minus-log"}]
    asked["regions"] = {"centre": {"column": made.centre}}
    assert cli("run", save(asked), "--output", tmp_path / "o")[0] == 0
    expected = tifffile.imread(tmp_path / "o" / "slice_00001.tif")
    assert expected.shape == (4096, 4096)
    common = {"base": str(tmp_path), "recipe": asked, "row": 1}
    head, body = talk.ask("preview", **common, product="attenuation")
    # As it was made, but for rounding to counts.
    assert np.abs(image(head, body) - made.attenuation[:, 1]).max() < 2e-4
    live = head["about"]["live"]
    assert (len(live["angles"]), live["columns"], live["left"]) == (24, 4096, 0)
    head, body = talk.ask("preview", **common, product="slice")
    np.testing.assert_array_equal(image(head, body), expected)
    head, body = talk.ask("preview", **common, product="slice", bin=4)
    np.testing.assert_array_equal(image(head, body), binned(expected, 4))


@pytest.mark.parametrize("state, words", [("raw", "became the floor"), ("attenuation", "as zero")])
def test_a_row_of_what_is_no_number_is_told_first(service, small, recipe, tmp_path, state, words):
    images = phantom.counts(small).astype(np.float32)
    images[:, 3, :] = np.nan
    images[:, 5, 40] = np.nan
    images[7, 9, 40] = np.nan
    data = phantom.write_nxtomo(tmp_path / "nan.nxs", images, small.angles)
    asked = {**recipe(data), "dataset": {"path": str(data), "state": state}}
    asked["filters"] = [{"name": "normalise"}, {"name": "minus-log"}] if state == "raw" else []
    told = []
    for row in (3, 5, 9):
        request = {"op": "preview", "base": str(tmp_path), "recipe": asked, "row": row}
        for product in ("slice", "attenuation"):
            about = service.answer({**request, "product": product}, Stop())[0]["about"]
            told.append(about["warnings"][0] if about["warnings"] else "")
    assert all(text.startswith("8640 of 8640 pixels") and words in text for text in told[:2])
    assert all(text.startswith("90 of 8640 pixels") and words in text for text in told[2:4])
    # A single one is nothing to speak of.
    assert not [text for text in told[4:] if words in text]


def test_answers_have_the_shapes_of_the_api(talk, folder, recipe, tmp_path):
    import json
    from pathlib import Path

    import fastjsonschema

    root = Path(__file__).parents[3]
    schema = json.loads((root / "src" / "api" / "api.schema.json").read_text())

    def check(name, value):
        fastjsonschema.validate({**schema, "$ref": f"#/definitions/{name}"}, value)

    asked = {"base": str(tmp_path), "recipe": recipe(folder)}
    described = talk.ask("describe", **asked)[0]["reply"]
    check("Description", described)
    assert (described["frames"], described["rows"], described["columns"]) == (90, 12, 96)
    check("Centre", talk.ask("centre", **asked)[0]["reply"])
    estimate = talk.ask("estimate", **asked, name="x", cores=2, memory=1 << 30)[0]["reply"]
    check("Estimate", estimate)
    assert estimate["slices"] == 12 and estimate["seconds"] is None
    assert "/x_builtin_" in estimate["output"]
    assert estimate["warnings"] == []
    assert talk.ask("tools")[0]["reply"]["tools"][0]["name"] == "builtin"
    head, body = talk.ask("projection", **asked, index=3, stage="raw")
    np.testing.assert_array_equal(
        image(head, body), tifffile.imread(folder / "tomo_0003.tif").astype(np.float32)
    )
    head, body = talk.ask("preview", **asked, row=2, product="sinogram")
    assert head["shape"] == [90, 96]
    assert head["about"]["left"] == 0
    part = {**asked["recipe"], "regions": {"roi": [30, 0, 80, 12], "centre": {"column": 50.0}}}
    head, body = talk.ask("preview", base=asked["base"], recipe=part, row=2, product="sinogram")
    assert head["shape"] == [90, 50]
    assert head["about"]["left"] == 30


@pytest.fixture
def service():
    workers = Workers(1)
    yield Service(workers, 1 << 28)
    workers.close()


@pytest.mark.parametrize("method, searches", [("auto", 1), ("mass", 1), ("sharpness", 3)])
def test_an_axis_is_searched_anew_where_stripe_filters_have_a_part_in_it(
    service, folder, recipe, tmp_path, monkeypatch, method, searches
):
    from tomo_runner import preview

    looked = []

    def find(*arguments, **keys):
        looked.append(keys["method"])
        return find_centre(*arguments, **keys)

    find_centre = preview.find_centre
    monkeypatch.setattr(preview, "find_centre", find)
    asked = recipe(folder)
    del asked["regions"]
    if method != "auto":
        asked["regions"] = {"centre": {"method": method}}

    def about(**regions):
        own = {**asked, "regions": {**asked.get("regions", {}), **regions}}
        request = {"op": "preview", "base": str(tmp_path), "row": 7, "product": "attenuation"}
        return service.answer({**request, "recipe": own}, Stop())[0]["about"]

    for size in (5, 7, 9, 7):
        asked["filters"] = [*recipe(folder)["filters"], {"name": "stripes-sorting", "size": size}]
        said = about()
        assert said["live"]["search"]["ofSteps"] == (method == "sharpness")
    assert len(looked) == searches
    # What the search says is told apart: the row stays the same once the recipe has an axis.
    assert said["live"]["search"]["warnings"] == [] and said["warnings"] == []
    assert about(centre={"column": 50.0})["live"]["search"] is None
    assert len(looked) == searches


@pytest.mark.parametrize("opened", ["", "Tomo", "Tomo/tomo_0000.tif"])
def test_what_is_added_in_sub_folders_is_seen(service, tmp_path, opened):
    images = np.full((4, 8, 9), 10000, np.uint16)
    made = [("Tomo", "tomo", 10000), ("Flat_Before", "ob", 20000), ("mine", "ob", 40000)]
    for kind, prefix, level in made:
        (tmp_path / kind).mkdir()
        for index in range(3):
            tifffile.imwrite(tmp_path / kind / f"{prefix}_{index:04d}.tif", images[0] * 0 + level)
    recipe = {
        "version": 1,
        "dataset": {"path": opened or ".", "angles": {"first": 0, "last": 180}},
        "filters": [{"name": "normalise"}],
    }

    def value(index, **dataset):
        asked = {**recipe, "dataset": {**recipe["dataset"], **dataset}}
        request = {"op": "projection", "base": str(tmp_path), "recipe": asked, "index": index}
        return service.answer({**request, "stage": "processed"}, Stop())[1][0, 0]

    named = {"flats": {"before": "mine"}}
    assert value(2) == pytest.approx(0.5) and value(2, **named) == pytest.approx(0.25)
    with pytest.raises(Failure, match="no projection 3"):
        value(3)
    tifffile.imwrite(tmp_path / "Tomo" / "tomo_0003.tif", images[0])
    assert value(3) == pytest.approx(0.5)
    for index in range(3, 6):
        tifffile.imwrite(tmp_path / "Flat_Before" / f"ob_{index:04d}.tif", images[0] * 0)
        tifffile.imwrite(tmp_path / "mine" / f"ob_{index:04d}.tif", images[0] * 0)
    assert value(3) == pytest.approx(1.0) and value(3, **named) == pytest.approx(0.5)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_an_image_that_is_written_anew_under_its_name_is_seen(service, tmp_path, compression):
    def write(index, level, comment=""):
        path, before = tmp_path / f"tomo_{index:04d}.tif", None
        if path.exists():
            before = path.stat().st_mtime_ns
        image = np.full((8, 9), level, np.uint16)
        tifffile.imwrite(path, image, compression=compression, description=comment)
        if before is not None and path.stat().st_mtime_ns == before:
            # Disks whose clock ticks slowly.
            os.utime(path, ns=(before + 1, before + 1))

    for index in range(3):
        write(index, 1000)
    folder_time = tmp_path.stat().st_mtime_ns
    recipe = {
        "version": 1,
        "dataset": {
            "path": ".",
            "state": "transmission",
            "angles": {"first": 0, "last": 180},
        },
        "filters": [],
    }
    asked = {"base": str(tmp_path), "recipe": recipe}

    def value(index, stage):
        request = {"op": "projection", **asked, "index": index, "stage": stage}
        return service.answer(request, Stop())[1][3, 4]

    def word():
        return service.answer({"op": "describe", **asked}, Stop())[0]["reply"]["stamp"]

    def another(old):
        """A busy machine may take long to look, and looks again the later."""
        until = time.monotonic() + 60
        while word() == old and time.monotonic() < until:
            time.sleep(0.01)
        return word()

    assert value(1, "raw") == value(1, "processed") == 1000
    first = word()
    assert word() == first
    write(1, 2000)
    second = another(first)
    assert second != first
    assert value(1, "raw") == value(1, "processed") == 2000
    # Longer in front of the pixels: they lie elsewhere in the file now.
    write(1, 3000, "counts of an hour " * 40)
    assert another(second) not in (first, second)
    assert value(1, "raw") == value(1, "processed") == 3000
    assert value(0, "raw") == 1000
    assert tmp_path.stat().st_mtime_ns == folder_time


def test_an_open_series_follows_a_file_that_is_written_anew(tmp_path):
    paths = [tmp_path / f"a_{index}.tif" for index in range(2)]
    for path in paths:
        tifffile.imwrite(path, np.full((4, 5), 7, np.uint16))
    series = TiffSeries(paths)
    assert (series.read(0, 2, 0, 4, 0, 5) == 7).all()
    tifffile.imwrite(paths[1], np.full((4, 5), 9, np.uint16), description="another " * 99)
    assert (series.read(1, 2, 0, 4, 0, 5) == 9).all()
    tifffile.imwrite(paths[1], np.full((4, 6), 9, np.uint16))
    with pytest.raises(Failure, match="4 x 6 pixels"):
        series.read(1, 2, 0, 4, 0, 5)
    paths[1].unlink()
    with pytest.raises(Failure, match="is missing"):
        series.read(1, 2, 0, 4, 0, 5)


def test_looking_at_files_takes_a_share_of_the_time(tmp_path, monkeypatch):
    now, looked = [0.0], []
    monkeypatch.setattr(freshness.time, "monotonic", lambda: now[0])

    def slowly(folder):
        looked.append(folder)
        now[0] += 0.5
        return f"word {len(looked)}"

    monkeypatch.setattr(freshness, "_word", slowly)
    looks = freshness.Looks()
    assert looks.of(tmp_path, 1) == "word 1"
    now[0] += 9.0
    assert looks.of(tmp_path, 1) == "word 1" and len(looked) == 1
    # What came or went has changed the folder's own time, and is seen at once.
    assert looks.of(tmp_path, 2) == "word 2"
    now[0] += 1.5
    assert looks.of(tmp_path, 1) == "word 3"


def test_an_answer_that_cannot_be_sent_is_an_error_and_ends_the_request(monkeypatch):
    out = io.BytesIO()
    agent = Agent(out, 1, 1 << 20)
    answers = [({"reply": {"spread": float("nan")}}, None), ({"reply": {"spread": 1.0}}, None)]
    monkeypatch.setattr(agent._service, "answer", lambda *_: answers.pop(0))
    asked = [encode({"id": i, "channel": "c", "op": "centre"})[0] for i in (1, 2)]

    def source():
        for request in asked:
            yield request
            # A request that never ends would leave the agent busy for ever; one that is not
            # answered when its source ends is cancelled.
            for _ in range(1000):
                if agent._by_id:
                    time.sleep(0.01)

    agent.run(Pieces(source()))
    assert not agent._by_id and not agent._by_channel
    stream = io.BytesIO(out.getvalue()[len(MARK) :])
    _, first, second = (read_header(stream) for _ in range(3))
    assert first["id"] == 1 and first["error"]["code"] == "unexpected"
    assert second == {"id": 2, "channel": "c", "reply": {"spread": 1.0}}


class Pieces(io.RawIOBase):
    """A stream that reads pieces as they come."""

    def __init__(self, pieces):
        self._pieces, self._left = pieces, b""

    def read(self, size=-1):
        if not self._left:
            self._left = next(self._pieces, b"")
        part, self._left = self._left[:size], self._left[size:]
        return part


def test_errors_are_sentences(talk, folder, recipe, tmp_path):
    asked = {"base": str(tmp_path), "recipe": recipe(folder)}
    for keys, where in (
        ({**asked, "row": 99, "product": "slice"}, "row"),
        ({**asked, "recipe": {"version": 1, "x": 1}, "row": 1, "product": "slice"}, "x"),
    ):
        error = talk.ask("preview", **keys)[0]["error"]
        assert error["where"] == where and error["hint"]
    assert talk.ask("dance")[0]["error"]["code"] == "unknown-operation"
    # It goes on after all of them.
    assert talk.ask("preview", **asked, row=1, product="slice")[0]["shape"] == [96, 96]


def test_newest_wins_and_cancel_is_quick(talk, tmp_path):
    made = phantom.scan(columns=256, rows=200, frames=400)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made, noise=0.002))
    asked = {
        "base": str(tmp_path),
        "recipe": {
            "version": 1,
            "dataset": {"path": str(data), "angles": {"first": 0, "last": 180}},
            "filters": [{"name": "outliers"}, {"name": "normalise"}, {"name": "minus-log"}],
            "regions": {"centre": {"column": made.centre}},
        },
    }
    talk.send(1, "preview", **asked, row=3, product="slice")
    talk.send(2, "preview", **asked, row=4, product="slice")
    first, _ = talk.receive()
    second, _ = talk.receive()
    assert first["id"] == 1 and first["error"]["code"] == "cancelled"
    assert second["id"] == 2 and second["about"]["row"] == 4
    # What it costs when nobody cancels it. Work is told by the processor's time: a busy machine
    # has no part in it.
    agent = psutil.Process(talk.process.pid)
    begun = worked(agent)
    assert "reply" in talk.ask("centre", **asked)[0]
    whole = worked(agent) - begun
    # The clock of a process ticks every hundredth of a second.
    assert whole > 0.05
    spent = []
    for number in range(3, 43, 2):
        begun = worked(agent)
        talk.send(number, "centre", **asked)
        # Held in the middle of it, until the word to cancel is there.
        while worked(agent) < begun + whole / 4:
            time.sleep(0.001)
        agent.suspend()
        begun = worked(agent)
        talk.send(number + 1, "cancel", target=number)
        agent.resume()
        answer, _ = talk.receive()
        assert answer["id"] == number
        # It may have come to its end before it was held.
        if "error" in answer:
            assert answer["error"]["code"] == "cancelled"
            spent.append(worked(agent) - begun)
        if len(spent) == 5:
            break
    assert len(spent) == 5 and sorted(spent)[2] < whole / 4


def worked(process):
    """Seconds of the processor that a process has taken."""
    times = process.cpu_times()
    return times.user + times.system


def test_idle_agents_leave(child):
    talk = Talk(
        child("agent", "--idle", 0.4, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    )
    assert talk.process.wait(60) == 0


def test_frames_round_trip():
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    head, body = encode({"id": 1, "channel": "é"}, values)
    assert read_header(io.BytesIO(head + bytes(body))) == {"id": 1, "channel": "é"}
    np.testing.assert_allclose(binned(values, 2), [[2.5, 4.5], [8.5, 10.5]])


def test_sixteen_bits_are_off_by_half_a_step_at_most():
    values = np.random.default_rng(3).normal(0.4, 7.0, (37, 53)).astype(np.float32)
    header, stored = image_frame({"id": 1}, values, encoding="uint16")
    assert header["dtype"] == "uint16" and header["encoding"] == "linear"
    assert header["range"] == [float(values.min()), float(values.max())]
    back = header["offset"] + header["slope"] * stored.astype(np.float64)
    span = float(values.max()) - float(values.min())
    assert np.abs(back - values).max() <= 0.5001 * span / 65535
    assert stored.min() == 0 and stored.max() == 65535
    # One value everywhere, and one that is no number.
    header, stored = image_frame({"id": 1}, np.full((2, 2), 3.5, np.float32), 1, "uint16")
    assert header["offset"] == 3.5 and not stored.any()
    values[3, 4] = np.nan
    header, stored = image_frame({"id": 1}, values, encoding="uint16")
    assert header["dtype"] == "float32" and stored.dtype == np.float32


def test_an_unknown_encoding_is_refused(talk, folder, recipe):
    asked = {"base": "/", "recipe": recipe(folder), "index": 0, "stage": "raw"}
    answer, _ = talk.ask("projection", **asked, encoding="uint12")
    assert answer["error"]["where"] == "encoding"
    answer, body = talk.ask("projection", **asked, encoding="uint16", bin=2)
    assert answer["dtype"] == "uint16" and len(body) == 2 * np.prod(answer["shape"])


def test_a_look_is_computed_once(talk, tmp_path, folder, recipe):
    """The whole image after a binned one is what was computed for that; once."""
    path = tmp_path / "slice_00003.tif"
    tifffile.imwrite(path, np.full((4, 6), 2, np.float32))
    asked = {"folder": str(tmp_path), "row": 3}
    look, body = talk.ask("slice", **asked, bin=4, encoding="uint16")
    assert look["shape"] == [1, 2] and look["bin"] == 4 and look["whole"] == [4, 6]
    path.unlink()
    tifffile.imwrite(path, np.full((4, 6), 5, np.float32))
    answer, body = talk.ask("slice", **asked, encoding="float32")
    assert answer["shape"] == [4, 6] and image(answer, body).max() == 2
    answer, body = talk.ask("slice", **asked)
    assert image(answer, body).max() == 5
    asked = {"base": "/", "recipe": recipe(folder), "row": 4, "product": "slice"}
    look, _ = talk.ask("preview", **asked, bin=2)
    whole, first = talk.ask("preview", **asked)
    again, second = talk.ask("preview", **asked)
    assert whole["about"]["seconds"] == look["about"]["seconds"]
    assert first == second and again["about"]["seconds"] != look["about"]["seconds"]


def test_a_row_says_what_noise_and_dose_took_whoever_measured_them(talk, folder, recipe):
    """Of another row they are there; other filters on projections take them anew."""

    def about(row: int, kind: str) -> dict:
        asked = recipe(folder)
        asked["filters"][0]["kind"] = kind
        answer, _ = talk.ask("preview", base="/", recipe=asked, row=row, product="attenuation")
        return answer["about"]

    first, second, other = about(4, "bright"), about(5, "bright"), about(5, "both")
    for made in (first, other):
        assert made["seconds"]["measures"] >= made["measuring"] > 0
    assert second["measuring"] == first["measuring"] > second["seconds"]["measures"]


def test_nothing_is_left_when_the_input_ends_in_the_middle_of_work(talk, tmp_path):
    """As when a connection is cut: what computes stops, whatever it is at."""
    made = phantom.scan(columns=256, rows=64, frames=400)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made, noise=0.002))
    settings = {"path": str(data), "angles": {"first": 0, "last": 180}}
    recipe = {"version": 1, "dataset": settings, "filters": [{"name": "outliers"}]}
    # Told by the processor's time, so that a busy machine has no part in it.
    agent = psutil.Process(talk.process.pid)
    begun = worked(agent)
    for number, op in enumerate(["centre", "preview", "preview"], 1):
        talk.send(number, op, f"c{number}", base="/", recipe=recipe, row=number, product="slice")
    # Held in the middle of it, until its input has ended.
    while worked(agent) < begun + 0.05:
        time.sleep(0.001)
    agent.suspend()
    talk.process.stdin.close()
    agent.resume()
    assert talk.process.wait(60) == 0
    # It has not done to the end what was asked, for nobody.
    assert talk.process.stdout.read().count(b'"reply"') < 3


def test_an_agent_whose_answers_nobody_takes_leaves(child, tmp_path):
    """Behind a connection that is cut without a word, a full pipe would hold it for ever."""
    pixels = np.zeros((1200, 1200), np.float32)
    (tmp_path / "result").mkdir()
    tifffile.imwrite(tmp_path / "result/slice_00000.tif", pixels)
    talk = Talk(
        child("agent", "--idle", 0.6, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    )
    talk.send(1, "slice", folder=str(tmp_path / "result"), row=0)
    assert talk.process.wait(60) == 0
