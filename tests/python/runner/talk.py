"""The other end of an agent's pipes."""

from __future__ import annotations

import json
import struct

from tomo_runner.frames import encode


class Talk:
    """Both ends of an agent's pipes."""

    def __init__(self, process):
        self.process = process
        assert process.stdout.read(13) == b"TOMO-AGENT 1\n"
        self.hello = self.receive()[0]

    def send(self, number, op, channel="c", **keys):
        head, _ = encode({"id": number, "channel": channel, "op": op, **keys})
        self.process.stdin.write(head)
        self.process.stdin.flush()

    def receive(self):
        magic, length, size = struct.unpack("<4sIQ", self.process.stdout.read(16))
        assert magic == b"TMF1" and length % 8 == 0
        return json.loads(self.process.stdout.read(length)), self.process.stdout.read(size)

    def ask(self, op, **keys):
        self.send(1, op, **keys)
        return self.receive()
