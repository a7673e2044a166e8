"""Schemas of parameters, as the tools' modules write them."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

Schema = Dict[str, Any]


def number(
    title: str,
    description: str,
    default: Optional[float] = None,
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
    above: Optional[float] = None,
    level: str = "basic",
    unit: str = "",
) -> Schema:
    """A number; without default it may be left out."""
    return _schema("number", title, description, default, minimum, maximum, above, level, unit)


def integer(
    title: str,
    description: str,
    default: Optional[int] = None,
    minimum: Optional[int] = None,
    maximum: Optional[int] = None,
    level: str = "basic",
    unit: str = "",
) -> Schema:
    """A whole number; without default it may be left out."""
    return _schema("integer", title, description, default, minimum, maximum, None, level, unit)


def choice(
    title: str, description: str, values: Sequence[str], default: str, level: str = "basic"
) -> Schema:
    """One of some words."""
    return {
        "title": title,
        "description": description,
        "enum": list(values),
        "default": default,
        "level": level,
    }


def switch(title: str, description: str, default: bool, level: str = "basic") -> Schema:
    """On or off."""
    return {
        "title": title,
        "description": description,
        "type": "boolean",
        "default": default,
        "level": level,
    }


def sinogram_ends() -> Dict[str, Schema]:
    """What filtered back-projection gets beyond the detector, see ``geometry.centred``."""
    return {
        "edge": choice(
            "Sinogram ends",
            "What stands beyond the detector: the edge value tapered to zero, or zero.",
            ("taper", "zero"),
            "taper",
        )
    }


def projector() -> Dict[str, Schema]:
    """ASTRA's projectors for processors."""
    return {
        "projector": choice(
            "Projector",
            "How rays meet pixels: linear interpolates, line has sharp weights, strip has area "
            "(slow).",
            ("linear", "line", "strip"),
            "linear",
            level="advanced",
        )
    }


def _schema(
    kind: str,
    title: str,
    description: str,
    default: Optional[float],
    minimum: Optional[float],
    maximum: Optional[float],
    above: Optional[float],
    level: str,
    unit: str,
) -> Schema:
    schema: Schema = {"title": title, "description": description, "type": kind}
    limits = {"minimum": minimum, "maximum": maximum, "exclusiveMinimum": above}
    schema.update({key: value for key, value in limits.items() if value is not None})
    if default is not None:
        schema["default"] = default
    if unit:
        schema["unit"] = unit
    schema["level"] = level
    return schema
