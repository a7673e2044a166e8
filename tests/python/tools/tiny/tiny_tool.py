"""A tool of another package, which fails in every way that it is asked to."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import numpy as np

NAME = "tiny-tool"
TITLE = "Tiny"
HELP = "A tool for tests."


def _method(name):
    schema = {
        "value": {
            "title": "Value",
            "description": "What each pixel becomes.",
            "type": "number",
            "minimum": 0,
            "maximum": 10,
            "default": 1.5,
        }
    }
    return {"name": name, "title": name, "help": f"Does {name}.", "schema": schema}


METHODS = [
    _method(name)
    for name in (
        "constant",
        "beyond",
        "claim",
        "crash",
        "hang",
        "fork",
        "hog",
        "incomplete",
        "nan",
        "print",
        "raise",
        "shape",
        "write",
    )
]


def probe():
    """It is always there."""
    return {"available": True, "version": "1.0", "gpu": False}


def cost(method, parameters, angles, columns, size):
    """It is quick."""
    return {"seconds": 1e-3, "thread": 0.0, "row": 0.0}


def reconstruct(task):
    """Fill the slices, or not."""
    print(f"tiny begins {task.method}")
    if task.method == "crash":
        for index in range(80):
            print(f"line {index}")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGSEGV)
    if task.method == "hang":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(f"child {child.pid}")
        time.sleep(600)
    if task.method == "fork":
        # As TomoPy's prep functions do.
        worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        worker.start()
        print(f"child {worker.pid}", flush=True)
        worker.join()
    if task.method == "hog":
        taken = []
        while True:
            taken.append(np.ones(1 << 21))
            time.sleep(0.01)
    if task.method == "incomplete":
        task.done(0)
        return
    if task.method == "raise":
        raise ValueError("this is no way to treat a tool")
    if task.method == "shape":
        task.slices[0] = np.zeros((3, 3))
    if task.method == "print":
        # What a careless program does to its standard output.
        os.write(1, b'{"event": "done"}\n{"event": "row", "index": 99}\n')
        for index in range(3000):
            print("noise", index)
    if task.method == "write":
        task.sinograms[0] = 0
    if task.method == "beyond":
        task.done(len(task.slices) + 5)
    for row in range(len(task.slices)):
        if task.method == "claim" and row == 2:
            task.done(row)
            continue
        task.slices[row] = task.parameters["value"]
        if task.method == "nan" and row == 2:
            task.slices[row, 60, 8:11] = np.nan
        task.done(row)
    task.say("tiny is done")
