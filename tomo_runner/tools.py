"""The reconstruction tools that can run here."""

from __future__ import annotations

from typing import Any, Dict, List

from . import catalogue


def list_tools() -> List[Dict[str, Any]]:
    """Tools with their methods, the schema of each method's parameters, and availability."""
    return [
        {
            "name": tool["name"],
            "title": tool["title"],
            "help": tool["help"],
            "available": True,
            "methods": [
                {key: method[key] for key in ("name", "title", "help", "schema")}
                for method in tool["methods"]
            ],
        }
        for tool in catalogue.tools()
    ]
