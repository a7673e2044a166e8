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
    header, stored = image_frame({"id": 1}, values, encoding="linear")
    back = header["offset"] + header["slope"] * stored
    np.testing.assert_allclose(back, values, atol=11 / 65535)
    np.testing.assert_allclose(binned(values, 2), [[2.5, 4.5], [8.5, 10.5]])
