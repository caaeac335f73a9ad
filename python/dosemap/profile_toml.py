"""Reads an equipment profile from TOML, strictly: unknown keys and impossible values are errors."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from dosemap.equipment import (
    HOW_TO_PLACE,
    Angles,
    AngleSpace,
    Calibration,
    CalibrationPoint,
    ChargeSource,
    Extent,
    Family,
    FieldKind,
    FieldSource,
    FilterRule,
    ListedFilters,
    MatchRule,
    MeasuredTransmission,
    MeasurementGeometry,
    NeighbourField,
    Neighbours,
    NotKnown,
    Pad,
    PatientPlace,
    Profile,
    ProfileFile,
    ReferencePointOrigin,
    ReferencePointRule,
    SourceToIsocenter,
    Support,
    SupportLayer,
    TableAxis,
    TotalsOnly,
    TransmissionPoint,
    Tube,
    TubeOutput,
)
from dosemap.errors import ProfileError
from dosemap.procedure import AcquisitionPlane, Event, Filter
from dosemap.profile_section import Section
from dosemap.reading.codes import concepts

_PRIVATE = {
    name.removeprefix("private.")
    for level in ("event", "plane")
    for name in concepts(level)
    if name.startswith("private.")
}
_LENGTH_ITEMS = _PRIVATE | {name for name in Event.__dataclass_fields__ if name.endswith("_mm")}

_PLANES_OF_EVENTS = tuple(plane for plane in get_args(AcquisitionPlane) if plane != "all")
"""Only totals are of all planes; a factor without plane is for every plane."""
_TOP = (
    "name", "title", "caution", "match", "angles", "table", "field", "tube", "support", "filters",
    "reference_point", "source_to_isocenter", "patient", "neighbours", "tube_output", "calibration",
)  # fmt: skip
"""Tables and keys of a profile that places beams."""


def read_profile(path: Path, *, shipped: Mapping[str, str]) -> Profile:
    """Read a profile file; see :meth:`dosemap.equipment.Profile.from_file`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProfileError(
            f"the equipment profile {path} cannot be read: {error.strerror}"
        ) from error
    try:
        text = content.decode("utf-8-sig")  # editors of Windows begin with a byte-order mark
    except UnicodeDecodeError as error:
        raise ProfileError(f"the equipment profile {path} is no UTF-8 text") from error
    profile = parse_profile(text, path.name, shipped)
    if profile.name in shipped:
        raise ProfileError(
            f"{path.name}: name = {profile.name!r} is that of a shipped profile; give this one a"
            " name of its own, by which results say what they rest on"
        )
    return replace(profile, file=ProfileFile(name=path.name, sha256=sha256(content).hexdigest()))


def parse_family(text: str, file_name: str, shipped: Mapping[str, str]) -> Family:
    """Return what a TOML text describes; with ``[no_geometry]`` that is a family of totals only.

    The parameters are those of :func:`parse_profile`.
    """
    root = Section(file_name, _extended(text, file_name, shipped))
    without = root.optional("no_geometry")
    if without is None:
        return _profile(root)
    root.only("name", "title", "match", "no_geometry", claim=False)
    without.only("reason")
    family = TotalsOnly(
        name=root.text("name"),
        title=root.text("title"),
        match=_rules(root),
        reason=without.text("reason"),
        claim=without.claim(),
    )
    root.close()
    return family


def parse_profile(text: str, file_name: str, shipped: Mapping[str, str]) -> Profile:
    """Return the profile that a TOML text describes.

    Parameters
    ----------
    text
        Content of the file.
    file_name
        For messages.
    shipped
        Texts of the package's profiles by name, for ``extends``.
    """
    family = parse_family(text, file_name, shipped)
    if isinstance(family, TotalsOnly):
        raise ProfileError(
            f"{file_name}: a profile to place beams with has no [no_geometry]; state [table.x],"
            " [table.y] and [table.z]"
        )
    return family


def _profile(root: Section) -> Profile:
    root.only(*_TOP, claim=False)
    reference_point = root.optional("reference_point")
    isocenter = root.optional("source_to_isocenter")
    patient = root.optional("patient")
    neighbours = root.optional("neighbours")
    tube_output = root.optional("tube_output")
    calibration = root.optional("calibration")
    filters = root.optional("filters")
    table = root.section("table")
    table.only("x", "y", "z", claim=False)
    profile = Profile(
        name=root.text("name"),
        title=root.text("title"),
        caution=root.text("caution", None),
        match=_rules(root),
        angles=_angles(root.section("angles")),
        table_x=_axis(table.section("x")),
        table_y=_axis(table.section("y")),
        table_z=_axis(table.section("z")),
        field=tuple(_field(part) for part in root.sections("field")),
        tube=_tube(root.section("tube")),
        support=_support(root.section("support")),
        filters=_filter_rule(filters) if filters else None,
        reference_point=_reference_point(reference_point) if reference_point else None,
        source_to_isocenter=_isocenter(isocenter) if isocenter else None,
        patient=_patient(patient) if patient else None,
        neighbours=_neighbours(neighbours) if neighbours else None,
        tube_output=_tube_output(tube_output) if tube_output else None,
        calibration=_calibration(calibration) if calibration else None,
    )
    table.close()
    root.close()
    return profile


def _extended(text: str, file_name: str, shipped: Mapping[str, str]) -> dict[str, Any]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file_name} is not valid TOML: {error}") from error
    base_name = content.pop("extends", None)
    if base_name is None:
        return content
    if not isinstance(base_name, str) or base_name not in shipped:
        raise ProfileError(
            f"{file_name}: extends = {base_name!r} must be one of {', '.join(shipped)}"
        )
    if content.get("name", base_name) == base_name:
        raise ProfileError(
            f"{file_name}: the key name is missing: a profile that extends another has a name of"
            " its own, by which results say what they rest on"
        )
    base = _extended(shipped[base_name], f"{base_name}.toml", shipped)
    if "no_geometry" in base:
        raise ProfileError(
            f"{file_name}: extends = {base_name!r} is a family of totals only and has no"
            f" geometry to extend; {HOW_TO_PLACE}"
        )
    base.pop("caution", None)  # it speaks of the base's systems only
    return _merged(base, content)


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return the base with the changes.

    A table with ``evidence`` is one claim and is replaced as a whole, so that new values never
    inherit the evidence of old ones.
    """
    result = dict(base)
    for key, value in change.items():
        old = base.get(key)
        is_claim = any(isinstance(part, dict) and "evidence" in part for part in (old, value))
        mergeable = isinstance(old, dict) and isinstance(value, dict) and not is_claim
        result[key] = _merged(base[key], value) if mergeable else value
    return result


def _rules(root: Section) -> tuple[MatchRule, ...]:
    return tuple(_match(part) for part in root.sections("match")) if root.has("match") else ()


def _match(part: Section) -> MatchRule:
    keys = MatchRule.__dataclass_fields__
    part.only(*keys, claim=False)
    patterns = {key: part.text(key, None) for key in keys}
    part.close()
    if not any(patterns.values()):
        raise part.lacks("a rule", f"one with at least one of {', '.join(keys)}")
    for key, pattern in patterns.items():
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise part.fail(key, pattern, f"a regular expression ({error})") from error
    return MatchRule(**patterns)


def _angles(part: Section) -> Angles:
    part.only("space", "primary_sign", "secondary_sign")
    return Angles(
        space=part.choice("space", get_args(AngleSpace)),
        primary_sign=part.sign("primary_sign"),
        secondary_sign=part.sign("secondary_sign"),
        claim=part.claim(),
    )


def _axis(part: Section) -> TableAxis | NotKnown:
    part.only("item", "sign", "zero_item", "zero_mm", "zero", "end_item", "not_known")
    if part.has("not_known"):
        return NotKnown(reason=part.text("not_known"), claim=part.claim())
    zero_item = part.choice("zero_item", _LENGTH_ITEMS, None)
    zero_mm: float | None = None
    if zero_item is None:
        is_unknown = part.has("zero") and part.choice("zero", ("not known",))
        if not is_unknown and not part.has("zero_mm"):
            raise part.lacks(
                "zero_mm",
                'given (the item where the coordinate is 0), or zero_item, or zero = "not known"',
            )
        zero_mm = None if is_unknown else part.number("zero_mm", -5000, 5000)
    item = part.choice("item", _LENGTH_ITEMS)
    end_item = item.replace("_position_", "_end_position_")
    has_end = end_item != item and end_item in _LENGTH_ITEMS
    return TableAxis(
        item=item,
        sign=part.sign("sign"),
        zero_item=zero_item,
        zero_mm=zero_mm,
        end_item=part.choice("end_item", _LENGTH_ITEMS, end_item if has_end else None),
        claim=part.claim(),
    )


def _field(part: Section) -> FieldSource:
    part.only("kind", "minimum_kerma_gy", "plane")
    kind = part.choice("kind", get_args(FieldKind))
    plane: float | str | None = part.take("plane", None)
    if kind == "kap_over_kerma" and plane is not None:
        raise part.fail("plane", plane, "absent: the quotient holds at the reference point")
    if kind != "kap_over_kerma" and plane != "detector" and type(plane) not in (int, float):
        raise part.fail("plane", plane, '"detector" or a distance from the focal spot in mm')
    return FieldSource(
        kind=kind,
        minimum_kerma_gy=part.number("minimum_kerma_gy", 0, 1, 0.0),
        plane_mm=None if plane is None or isinstance(plane, str) else float(plane),
        claim=part.claim(),
    )


def _filters(part: Section, key: str) -> tuple[Filter, ...]:
    filters = []
    for layer in part.sections(key):
        layer.only("material", "thickness_mm", claim=False)
        filters.append(
            Filter(
                material=layer.material("material"),
                thickness_mm=layer.number("thickness_mm", 0, 50),
            )
        )
        layer.close()
    return tuple(filters)


def _added_filters(part: Section) -> tuple[Filter, ...]:
    if not part.has("added_filter") or part.take_empty("added_filter"):
        return ()
    return _filters(part, "added_filter")


def _tube(part: Section) -> Tube:
    part.only("anode_angle_deg", "inherent_filter")
    return Tube(
        anode_angle_deg=part.number("anode_angle_deg", 8, 16),
        inherent_filters=_filters(part, "inherent_filter"),
        claim=part.claim(),
    )


def _filter_rule(part: Section) -> FilterRule:
    part.only("listed")
    return FilterRule(listed=part.choice("listed", get_args(ListedFilters)), claim=part.claim())


def _neighbours(part: Section) -> Neighbours:
    part.only("fields")
    known = get_args(NeighbourField)
    fields = part.take("fields")
    if not isinstance(fields, list) or not set(map(str, fields)) <= set(known):
        raise part.fail("fields", fields, f"a list of some of {', '.join(known)}")
    return Neighbours(fields=tuple(fields), claim=part.claim())


def _tube_output(part: Section) -> TubeOutput:
    part.only("air_kerma_ugy_per_mas_at_1m", "kvp", "added_filter", "charge")
    return TubeOutput(
        air_kerma_ugy_per_mas_at_1m=part.number("air_kerma_ugy_per_mas_at_1m", 0.1, 1000),
        kvp=part.number("kvp", 40, 150),
        added_filters=_added_filters(part),
        charge=part.choice("charge", get_args(ChargeSource)),
        claim=part.claim(),
    )


def _calibration(part: Section) -> Calibration:
    part.only("points")
    points = []
    for point in part.sections("points"):
        point.only("factor", "plane", "kvp", "added_filter", claim=False)
        kvp = point.number("kvp", 40, 150, None)
        if kvp is None and point.has("added_filter"):
            raise point.lacks("kvp", "given with added_filter: both make the beam quality")
        points.append(
            CalibrationPoint(
                factor=point.number("factor", 0.1, 10),
                # Without it the factor is for every plane that has none of its own.
                plane=point.choice("plane", _PLANES_OF_EVENTS, None),
                kvp=kvp,
                added_filters=_added_filters(point),
            )
        )
        point.close()
    for plane in {point.plane for point in points}:
        of_plane = [point for point in points if point.plane == plane]
        words = f"plane {plane}" if plane else "the points without plane"
        if len(of_plane) > 1 and any(point.kvp is None for point in of_plane):
            raise part.lacks(
                "points", f"one factor for all beam qualities, or several with kvp, for {words}"
            )
        qualities = [(point.kvp, frozenset(point.added_filters)) for point in of_plane]
        if len(set(qualities)) < len(qualities):
            raise part.lacks("points", f"one factor at each beam quality for {words}")
    return Calibration(points=tuple(points), claim=part.claim())


def _measured(part: Section) -> MeasuredTransmission:
    part.only("points")
    points = []
    for point in part.sections("points"):
        point.only("kvp", "added_filter", "transmission", claim=False)
        points.append(
            TransmissionPoint(
                kvp=point.number("kvp", 40, 150),
                added_filters=_added_filters(point),
                transmission=point.number("transmission", 0.05, 1.0),
            )
        )
        point.close()
    return MeasuredTransmission(points=tuple(points), claim=part.claim())


def _support(part: Section) -> Support:
    part.only(
        "measurement_geometry",
        "pad",
        "layer",
        "pmma_equivalent_thickness_mm",
        "measured",
        claim=False,
    )
    pad = part.section("pad")
    pad.only("thickness_mm")
    measured = part.optional("measured")
    support = Support(
        measurement_geometry=part.choice("measurement_geometry", get_args(MeasurementGeometry)),
        pad=Pad(thickness_mm=pad.number("thickness_mm", 0, 300), claim=pad.claim()),
        layers=tuple(_layer(layer) for layer in part.sections("layer")),
        pmma_equivalent_thickness_mm=part.number("pmma_equivalent_thickness_mm", 0, 100, None),
        measured=_measured(measured) if measured else None,
    )
    if support.measured is not None and support.measurement_geometry == "unknown":
        raise part.fail(
            "measurement_geometry",
            "unknown",
            "narrow_beam or on_pad for transmissions that the site measured itself",
        )
    if (
        support.measurement_geometry == "narrow_beam"
        and support.pmma_equivalent_thickness_mm is None
    ):
        raise part.lacks(
            "pmma_equivalent_thickness_mm",
            "given with a narrow-beam measurement: its forward scatter is added to the dose",
        )
    part.close()
    return support


def _layer(part: Section) -> SupportLayer:
    part.only("name", "material", "thickness_mm", "extent")
    extent = part.section("extent")
    extent.only("lateral_mm", "vertical_mm", "longitudinal_mm")
    return SupportLayer(
        name=part.text("name"),
        material=part.material("material"),
        thickness_mm=part.number("thickness_mm", 0, 300),
        extent=Extent(
            lateral_mm=extent.interval("lateral_mm"),
            vertical_mm=extent.interval("vertical_mm"),
            longitudinal_mm=extent.interval("longitudinal_mm"),
            claim=extent.claim(),
        ),
        claim=part.claim(),
    )


def _reference_point(part: Section) -> ReferencePointRule:
    part.only("origin", "towards_source_mm")
    return ReferencePointRule(
        origin=part.choice("origin", get_args(ReferencePointOrigin)),
        towards_source_mm=part.number("towards_source_mm", -2000, 2000),
        claim=part.claim(),
    )


def _isocenter(part: Section) -> SourceToIsocenter:
    part.only("distance_mm")
    return SourceToIsocenter(distance_mm=part.number("distance_mm", 300, 1500), claim=part.claim())


def _patient(part: Section) -> PatientPlace:
    part.only("head_gap_mm", "lateral_shift_mm")
    gap_mm = part.number("head_gap_mm", -5000, 5000, None)
    shift_mm = part.number("lateral_shift_mm", -1000, 1000, None)
    if gap_mm is None and shift_mm is None:
        raise part.lacks("head_gap_mm", "given, or lateral_shift_mm")
    return PatientPlace(head_gap_mm=gap_mm, lateral_shift_mm=shift_mm, claim=part.claim())
