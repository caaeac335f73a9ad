"""Reads presets from TOML, strictly: unknown keys and impossible values are errors."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast, get_args

from dosemap.errors import SimulationError
from dosemap.simulate.exposure_control import Mode
from dosemap.simulate.preset import (
    Expected,
    Preset,
    Quantity,
    Runs,
    SourceGroup,
    Step,
    Target,
    Variation,
    View,
)
from dosemap.simulate.report import (
    Orientation,
    Plane,
    SimulatedPatient,
    TargetRegion,
)
from dosemap.simulate.source_section import SourceSection
from dosemap.simulate.systems import KindName

_LONGEST_TITLE = 54
"""With SYNTHETIC before it a study description, DICOM LO: 64 characters."""
Named = TypeVar("Named", Target, View)

_POSITIONS = ("HFS", "HFP", "HFDL", "HFDR")
_EXPECTED: Mapping[str, tuple[Quantity, float]] = {
    "fluoroscopy_time_s": ("fluoroscopy_time_s", 1.0),
    "kerma_area_product_gy_cm2": ("kerma_area_product_gy_m2", 1e-4),
    "reference_air_kerma_mgy": ("reference_air_kerma_gy", 1e-3),
    "peak_skin_dose_mgy": ("peak_skin_dose_gy", 1e-3),
}
"""Names in the files, in units that publications use, and what they become."""


@cache
def load_presets() -> Mapping[str, Preset]:
    """Return the procedures that can be simulated, by name."""
    folder = files("dosemap").joinpath("data", "procedures")
    texts = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return {name: parse_preset(texts[name], name) for name in sorted(texts)}


def parse_preset(text: str, name: str) -> Preset:
    """Return the preset that a TOML text describes.

    Parameters
    ----------
    text
        Content of the file.
    name
        Of the preset; the file is called so.

    Raises
    ------
    SimulationError
        Something is missing, unknown or impossible; the text names file, table, key and value.
    """
    try:
        root = SourceSection(f"{name}.toml", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SimulationError(f"{name}.toml is not valid TOML: {error}") from error
    targets = _by_name(root.sections("target"), _target)
    views = _by_name(root.sections("view"), lambda part: _view(part, targets))
    usual = {key: root.take(key, {}) for key in ("fluoroscopy", "series")}
    kinds = root.texts("kinds")
    unknown = set(kinds) - set(get_args(KindName))
    if unknown:
        raise root.fail("kinds", kinds, f"of {', '.join(get_args(KindName))}")
    title = root.text("title")
    if len(title) > _LONGEST_TITLE:
        raise root.fail("title", title, f"of at most {_LONGEST_TITLE} characters")
    sources = root.section("sources")
    preset = Preset(
        name=name,
        title=title,
        kinds=cast("tuple[KindName, ...]", kinds),
        patient=_patient(root.section("patient"), name),
        steps=tuple(_step(part, views, usual) for part in root.sections("step")),
        variation=_variation(root.section("variation")),
        expected=tuple(_expected(part) for part in root.sections("expected")),
        sources={group: sources.section(group).source() for group in get_args(SourceGroup)},
    )
    sources.close()
    unused = views.keys() - {view.name for view in preset.views}
    if unused:
        raise root.fail("view", sorted(unused), "used in a step")
    root.close()
    return preset


def _by_name(
    parts: Sequence[SourceSection], read: Callable[[SourceSection], Named]
) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for part in parts:
        value = read(part)
        if value.name in found:
            raise part.fail("name", value.name, "another: it is taken")
        found[value.name] = value
    return found


def _patient(part: SourceSection, name: str) -> SimulatedPatient:
    word = name.upper().replace("_", "-")
    patient = SimulatedPatient(
        name=f"SYNTHETIC^{word}",
        patient_id=f"DOSEMAP-{word}",
        sex=part.choice("sex", ("F", "M")),
        age_years=part.number("age_years", 0, 120),
        height_cm=part.number("height_cm", 45, 210),
        mass_kg=part.number("mass_kg", 2, 250),
    )
    part.close()
    return patient


def _target(part: SourceSection) -> Target:
    target = Target(
        name=part.text("name"),
        region=part.choice("region", get_args(TargetRegion)),
        from_vertex_share=part.number("from_vertex_share", 0, 1),
        left_mm=part.number("left_mm", -250, 250, 0.0),
        from_back_share=part.number("from_back_share", 0, 1),
        depth_mm=part.number("depth_mm", 20, 600),
        width_mm=part.number("width_mm", 20, 700),
        water_equivalent=part.number("water_equivalent", 0.3, 1.5),
    )
    part.close()
    return target


def _view(part: SourceSection, targets: Mapping[str, Target]) -> View:
    width_mm, height_mm = _pair(part, "field_mm")
    view = View(
        name=part.text("name"),
        target=targets[part.choice("target", targets)],
        position=part.choice("position", _POSITIONS),
        orientation=part.choice("orientation", get_args(Orientation), "recumbent"),
        table_head_tilt_deg=part.number("table_head_tilt_deg", -90, 90, 0.0),
        primary_angle_deg=part.number("primary_angle_deg", -180, 180),
        secondary_angle_deg=part.number("secondary_angle_deg", -90, 90, 0.0),
        end_primary_angle_deg=part.number("end_primary_angle_deg", -360, 360, None),
        plane=part.choice("plane", get_args(Plane), "single"),
        field_mm=(width_mm, height_mm),
    )
    part.close()
    return view


def _pair(part: SourceSection, key: str) -> tuple[float, float]:
    value = part.take(key)
    valid = isinstance(value, list) and all(type(v) in (int, float) and 0 < v <= 450 for v in value)
    if not valid or len(value) != 2:
        raise part.fail(key, value, "[width, height] in mm")
    return float(value[0]), float(value[1])


def _step(
    part: SourceSection, views: Mapping[str, View], usual: Mapping[str, dict[str, Any]]
) -> Step:
    names = part.texts("views")
    unknown = [name for name in names if name not in views]
    planes = [views[name].plane for name in names if name in views]
    if unknown or planes not in (["single"], ["A"], ["B"], ["A", "B"]):
        raise part.fail("views", list(names), "one view, or two of planes A and B")

    def runs(key: str) -> SourceSection | None:
        if not part.has(key):
            return None
        return SourceSection(f"{key} of {names[0]}", usual[key] | part.take(key))

    fluoroscopy, series = runs("fluoroscopy"), runs("series")
    if fluoroscopy is None and series is None:
        raise part.fail("fluoroscopy", None, "given, or series")
    step = Step(
        views=tuple(views[name] for name in names),
        fluoroscopy=_fluoroscopy(fluoroscopy) if fluoroscopy else None,
        series=_series(series) if series else None,
        pause_s=part.number("pause_s", 0, 3600),
    )
    part.close()
    return step


def _fluoroscopy(part: SourceSection) -> Runs:
    rate = part.number("pulses_per_s", 0.5, 60)
    runs = Runs(
        mode="fluoroscopy",
        times=part.number("presses", 1, 500),
        pulses=part.number("seconds", 0.2, 600) * rate,
        pulses_per_s=rate,
    )
    part.close()
    return runs


def _series(part: SourceSection) -> Runs:
    stored = tuple(mode for mode in get_args(Mode) if mode != "fluoroscopy")
    runs = Runs(
        mode=part.choice("mode", stored),
        times=part.number("runs", 1, 100),
        pulses=part.number("frames", 1, 1000),
        pulses_per_s=part.number("frames_per_s", 0.5, 60),
    )
    part.close()
    return runs


def _variation(part: SourceSection) -> Variation:
    variation = Variation(
        angle_deg=part.number("angle_deg", 0, 20),
        pan_mm=part.number("pan_mm", 0, 50),
        share=part.number("share", 0, 0.9),
    )
    part.close()
    return variation


def _expected(part: SourceSection) -> Expected:
    quantity, factor = _EXPECTED[part.choice("quantity", _EXPECTED)]
    return Expected(
        quantity=quantity,
        value=part.number("value", 0, 1e5) * factor,
        within_factor=part.number("within_factor", 1, 10),
        source=part.source(),
    )
