"""The agent: its protocol, its answers, and how quickly it gives up."""

from __future__ import annotations

import io
import subprocess
import time

import numpy as np
import phantom
import pytest
import tifffile
from talk import Talk

from tomo_runner.frames import binned, encode, image_frame, read_header


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
    assert talk.process.wait(5) == 0


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
    assert talk.ask("tools")[0]["reply"]["tools"][0]["name"] == "builtin"
    head, body = talk.ask("projection", **asked, index=3, stage="raw")
    np.testing.assert_array_equal(
        image(head, body), tifffile.imread(folder / "tomo_0003.tif").astype(np.float32)
    )
    head, body = talk.ask("preview", **asked, row=2, product="sinogram")
    assert head["shape"] == [90, 96]


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
    # How long it takes when nobody cancels it: in the middle of that, it is at work.
    start = time.monotonic()
    assert "reply" in talk.ask("centre", **asked)[0]
    whole = time.monotonic() - start
    spent = []
    for number in range(3, 13, 2):
        talk.send(number, "centre", **asked)
        time.sleep(whole / 4)
        start = time.monotonic()
        talk.send(number + 1, "cancel", target=number)
        answer, _ = talk.receive()
        spent.append(time.monotonic() - start)
        assert answer["id"] == number and answer["error"]["code"] == "cancelled"
    # The middle of five: one may have waited for a busy machine.
    assert sorted(spent)[2] < 0.1


def test_idle_agents_leave(child):
    talk = Talk(
        child("agent", "--idle", 0.4, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    )
    assert talk.process.wait(5) == 0


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


def test_nothing_is_left_when_the_input_ends_in_the_middle_of_work(talk, tmp_path):
    """As when a connection is cut: what computes stops, whatever it is at."""
    made = phantom.scan(columns=256, rows=64, frames=400)
    data = phantom.write_folder(tmp_path / "data", phantom.counts(made, noise=0.002))
    settings = {"path": str(data), "angles": {"first": 0, "last": 180}}
    recipe = {"version": 1, "dataset": settings, "filters": [{"name": "outliers"}]}
    for number, op in enumerate(["centre", "preview", "preview"], 1):
        talk.send(number, op, f"c{number}", base="/", recipe=recipe, row=number, product="slice")
    time.sleep(0.1)
    start = time.monotonic()
    talk.process.stdin.close()
    assert talk.process.wait(10) == 0
    assert time.monotonic() - start < 6


def test_an_agent_whose_answers_nobody_takes_leaves(child, tmp_path):
    """Behind a connection that is cut without a word, a full pipe would hold it for ever."""
    pixels = np.zeros((1200, 1200), np.float32)
    (tmp_path / "result").mkdir()
    tifffile.imwrite(tmp_path / "result/slice_00000.tif", pixels)
    talk = Talk(
        child("agent", "--idle", 0.6, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    )
    talk.send(1, "slice", folder=str(tmp_path / "result"), row=0)
    assert talk.process.wait(10) == 0
