"""The body template as a PLY file: the left half of the skin with the midline."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from makehuman import Floats, Ints

UNITS_PER_MM = 10.0
WEIGHT_UNITS = 65535


@dataclass(frozen=True)
class HalfTemplate:
    """What the file holds; vertices on the midline first."""

    shapes_mm: Mapping[str, Floats]
    joints_mm: Mapping[str, Floats]
    triangles: Ints
    bones: Ints
    bone_weights: Floats
    region: Ints
    level: Floats


def rounded_weights(weights: Floats) -> Ints:
    """Return weights in units whose sum is exact: the heaviest takes the rounding error."""
    units = np.rint(weights * WEIGHT_UNITS).astype(np.int64)
    units[:, 0] += WEIGHT_UNITS - units.sum(axis=1)
    return units


def write_ply(path: Path, template: HalfTemplate, comments: str) -> None:
    """Write the file; an undefined level is NaN."""
    shape_columns = [
        (f"{name}_{axis}", "<i2", np.rint(shape[:, k] * UNITS_PER_MM))
        for name, shape in template.shapes_mm.items()
        for k, axis in enumerate("xyz")
    ]
    weights = rounded_weights(template.bone_weights)
    vertex_columns = [
        *((f"bone{k}", "u1", template.bones[:, k]) for k in range(4)),
        *((f"weight{k}", "<u2", weights[:, k]) for k in range(4)),
        ("region", "u1", template.region),
        ("level", "<f4", template.level),
        *shape_columns,
    ]
    joint_columns = [
        (f"{name}_{axis}", "<i2", np.rint(joints[:, k] * UNITS_PER_MM))
        for name, joints in template.joints_mm.items()
        for k, axis in enumerate("xyz")
    ]
    faces = np.empty(len(template.triangles), dtype=[("count", "u1"), ("corners", "<u2", 3)])
    faces["count"] = 3
    faces["corners"] = template.triangles
    header = ["ply", "format binary_little_endian 1.0"]
    header += [f"comment {line}".rstrip() for line in comments.strip().splitlines()]
    tables = []
    for element, columns in (("vertex", vertex_columns), ("joint", joint_columns)):
        header.append(f"element {element} {len(columns[0][2])}")
        header += [f"property {PLY_TYPES[kind]} {name}" for name, kind, _ in columns]
        table = np.empty(len(columns[0][2]), dtype=[(name, kind) for name, kind, _ in columns])
        for name, _, values in columns:
            table[name] = values
        tables.append(table.tobytes())
    header.append(f"element face {len(faces)}")
    header += ["property list uchar ushort vertex_indices", "end_header\n"]
    path.write_bytes("\n".join(header).encode("ascii") + b"".join(tables) + faces.tobytes())


PLY_TYPES = {"u1": "uchar", "<u2": "ushort", "<i2": "short", "<f4": "float"}
