"""The agent: its protocol, its answers, and how quickly it gives up."""

from __future__ import annotations

import io
import subprocess
import time

import numpy as np
import phantom
import psutil
import pytest
import tifffile
from talk import Talk

from tomo_runner.agent import MARK, Agent
from tomo_runner.frames import binned, encode, read_header
from tomo_runner.stopping import Stop


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
    assert estimate["output"].endswith("/x_builtin_{date}")
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
    # What it was told, not measured again; nothing is said of how long looking that up takes.
    assert second["measuring"] == first["measuring"]


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
