"""``dosemap estimate``: the skin dose map of one or more reports."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from dosemap.cli.body_options import (
    AgeOption,
    ArmsOption,
    HeadTurnOption,
    HeightOption,
    MassOption,
    SexOption,
    ThicknessOption,
    read_body_options,
)
from dosemap.cli.choices import choice
from dosemap.cli.console import Output, messages, print_error, print_json, with_progress
from dosemap.cli.entries import failed_document
from dosemap.cli.equipment_files import EquipmentOption, asked_for, site_profiles
from dosemap.cli.fail_on import fail_on_status, fail_on_words
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.cli.no_effect import of_the_call, without_effect
from dosemap.cli.options import (
    Settings,
    calibration_of,
    known_ranges,
    numbers,
    offset,
    positions,
    surface_of,
)
from dosemap.cli.render import render_result
from dosemap.corrections import Corrections
from dosemap.engine import estimate as run_estimate
from dosemap.equipment import match_family
from dosemap.errors import DosemapError
from dosemap.mesh.axes import PATIENT_AXES
from dosemap.mesh.units import LengthUnit
from dosemap.placement import PlacementOverrides
from dosemap.rdsr import read_rdsr
from dosemap.result import DoseResult
from dosemap.spectrum import DoseMedium
from dosemap.surface import DEFAULT_SPACING_MM

_SURFACE = "Patient surface"
_LACKING = "What the report lacks"
_INTERVAL = "Where no map is possible"
_PHYSICS = "Physics"
_OUTPUT = "Output"


def estimate(  # noqa: PLR0913  one argument per option is how typer reads a command
    files: Annotated[list[Path], typer.Argument(help="X-Ray Radiation Dose SR files (DICOM).")],
    *,
    surface: Annotated[
        str,
        typer.Option(
            help="'body' of the patient's sex, age, height and mass; 'trunk' (elliptical cylinder),"
            " 'cylinder', 'plane'; or a mesh file (STL, OBJ, PLY, GLB, 3MF; see docs/surfaces.md).",
            rich_help_panel=_SURFACE,
        ),
    ] = "body",
    sex: SexOption = None,
    age: AgeOption = None,
    height: HeightOption = None,
    mass: MassOption = None,
    thickness_ap: ThicknessOption = None,
    arms: ArmsOption = None,
    head_turned: HeadTurnOption = 0.0,
    surface_size: Annotated[
        str | None,
        typer.Option(
            help="Size in mm, WIDTHxTHICKNESSxLENGTH for trunk, DIAMETERxLENGTH for cylinder,"
            " WIDTHxLENGTH for plane.",
            rich_help_panel=_SURFACE,
        ),
    ] = None,
    mesh_unit: Annotated[
        str | None,
        typer.Option(help="Unit of a mesh file: mm, cm or m.", rich_help_panel=_SURFACE),
    ] = None,
    mesh_axes: Annotated[
        str,
        typer.Option(
            help="Where x, y and z of a mesh file point: Left or Right, Anterior or Posterior,"
            " Head or Foot of the patient. LHA is usual for y up and the face towards +z.",
            rich_help_panel=_SURFACE,
        ),
    ] = PATIENT_AXES,
    spacing_mm: Annotated[
        float,
        typer.Option(
            help="Distance between points of the map, mm; on a body 3 to 15, and closer on people"
            " smaller than adults.",
            rich_help_panel=_SURFACE,
        ),
    ] = DEFAULT_SPACING_MM,
    head_gap_mm: Annotated[
        float | None,
        typer.Option(
            help="From the table's head end to the end of the surface that lies there, mm; the"
            " profile's, else 0, if not given.",
            rich_help_panel=_SURFACE,
        ),
    ] = None,
    lateral_shift_mm: Annotated[
        float | None,
        typer.Option(
            help="Shift of the surface from the table's centre line, mm, to the left of a"
            " head-first supine patient; the profile's, else 0, if not given.",
            rich_help_panel=_SURFACE,
        ),
    ] = None,
    patient_position: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POSITION",
            help="In place of the report's. Lying: HFS, HFP, HFDL, HFDR, FFS, FFP, FFDL, FFDR."
            " Upright: STANDING_ or SITTING_ with BACK, FRONT, LEFT or RIGHT, the side against"
            " the table. Repeat it where the position changes, with events counted from 0"
            " (HFP:0-12 and STANDING_BACK:13-) or with times of the report (HFS@10:15-10:30:"
            " events that start from 10:15 to before 10:30); one without either holds for all"
            " other events.",
            rich_help_panel=_LACKING,
        ),
    ] = None,
    equipment: EquipmentOption = None,
    table_offset: Annotated[
        str | None,
        typer.Option(
            help="X,Y,Z in mm added to the table position: to the left of a head-first supine"
            " patient, down, to the head end. Where the profile does not know the zero of the"
            " table position, this is it.",
            rich_help_panel=_LACKING,
        ),
    ] = None,
    kvp: Annotated[
        float | None,
        typer.Option(
            help="Tube potential where the report has none, kV.", rich_help_panel=_LACKING
        ),
    ] = None,
    field_side_at_1m_mm: Annotated[
        float | None,
        typer.Option(
            help="Side of a square field at 1 m from the focal spot where the report has no size.",
            rich_help_panel=_LACKING,
        ),
    ] = None,
    interval: Annotated[
        bool,
        typer.Option(
            "--interval",
            help="Also tell between which two doses the peak skin dose must lie, by what the report"
            " states and whatever it leaves open: the only answer for systems that give no map"
            " (mobile C-arms, R/F rooms); docs/methods/interval.md.",
            rich_help_panel=_INTERVAL,
        ),
    ] = False,
    known: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW-HIGH",
            help="What you know beyond the report; narrows the interval. Names: source_to_skin_mm,"
            " skin_to_detector_mm, source_to_detector_mm, source_to_reference_point_mm,"
            " field_side_at_1m_mm, kvp, incidence_deg, support_transmission,"
            " air_kerma_deviation. Repeat it for several.",
            rich_help_panel=_INTERVAL,
        ),
    ] = None,
    medium: Annotated[
        str, typer.Option(help="skin, water, tissue4 or air.", rich_help_panel=_PHYSICS)
    ] = "skin",
    calibration: Annotated[
        str | None,
        typer.Option(
            metavar="FACTOR",
            help="Calibration factor of the air-kerma meter, or 'report' for those that the report"
            " states; if not given those of the equipment profile, else 1, listed as assumed.",
            rich_help_panel=_PHYSICS,
        ),
    ] = None,
    backscatter: Annotated[
        bool, typer.Option(help="Backscatter at each point.", rich_help_panel=_PHYSICS)
    ] = True,
    support: Annotated[
        bool, typer.Option(help="Attenuation by table and pad.", rich_help_panel=_PHYSICS)
    ] = True,
    occlusion: Annotated[
        bool, typer.Option(help="Shadows of the body on itself.", rich_help_panel=_PHYSICS)
    ] = True,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document and nothing else; an array for several files.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    events: Annotated[
        bool,
        typer.Option("--events", help="Also list every event.", rich_help_panel=_OUTPUT),
    ] = False,
    netcdf: Annotated[
        Path | None,
        typer.Option(help="Also write the result to this netCDF file.", rich_help_panel=_OUTPUT),
    ] = None,
    risk: Annotated[
        bool,
        typer.Option(
            "--risk",
            help="Also give the published skin reactions of the peak skin dose and when to look"
            " (docs/risk.md); information for a qualified person.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    levels: LevelsOption = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help="Exit with 1 when this alert level is reached, with 3 when nobody can say whether"
            " it is: the id of a level (dosemap levels), peak_skin_dose_gy,"
            " reference_air_kerma_gy, kerma_area_product_gy_m2 or fluoroscopy_time_s for every"
            " level of the quantity, or any.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
) -> None:
    """Estimate the peak skin dose and its place from radiation dose reports.

    Where a report lacks the geometry there is no map: totals and the reason are given instead.
    """
    try:
        overrides = PlacementOverrides(
            patient_position=positions(patient_position or []),
            table_offset_mm=offset(table_offset),
            kvp=kvp,
            field_side_at_1m_mm=field_side_at_1m_mm,
        )
        site = site_profiles()
        settings = Settings(
            surface=surface,
            surface_size_mm=numbers("--surface-size", surface_size, "x"),
            body=read_body_options(
                sex=sex,
                age=age,
                height=height,
                mass=mass,
                thickness_ap=thickness_ap,
                arms=arms,
                head_turned=head_turned,
            ),
            mesh_unit=cast("LengthUnit | None", choice("--mesh-unit", mesh_unit, LengthUnit)),
            mesh_axes=mesh_axes,
            spacing_mm=spacing_mm,
            head_gap_mm=head_gap_mm,
            lateral_shift_mm=lateral_shift_mm,
            equipment=asked_for(equipment, site),
            site=site,
            levels=chosen_levels(levels),
            risk=risk,
            overrides=overrides,
            interval=known_ranges(known or [], overrides, interval=interval),
            corrections=Corrections(
                medium=cast("DoseMedium", choice("--medium", medium, DoseMedium)),
                calibration=calibration_of(calibration),
                backscatter=backscatter,
                support=support,
                occlusion=occlusion,
            ),
        )
        fail_on_words(fail_on, settings.levels)
        _one_file_for(netcdf, files)
        for sentence in of_the_call(
            surface=surface,
            mesh_unit=mesh_unit,
            other_axes=mesh_axes != PATIENT_AXES,
            events=events,
            as_json=as_json,
        ):
            messages().print(sentence, markup=False)
    except DosemapError as error:
        print_error(messages(), str(error))
        raise typer.Exit(2) from error
    documents, failed = _run_all(files, settings, as_json=as_json, events=events, netcdf=netcdf)
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    if failed:
        raise typer.Exit(2)
    if fail_on is not None and (status := fail_on_status(fail_on, documents, messages())):
        raise typer.Exit(status)


def _run_all(
    files: list[Path], settings: Settings, *, as_json: bool, events: bool, netcdf: Path | None
) -> tuple[list[dict[str, Any]], bool]:
    """Estimate file after file; one that fails does not stop the others."""
    documents: list[dict[str, Any]] = []
    failed = False
    console, log = Output(), messages()
    # Reports that scroll by in the same terminal show how far it is, and would break the bar.
    scrolling = console.is_terminal and not as_json
    for file in files if scrolling else with_progress(files, log):
        try:
            result = _run(file, settings)
            if netcdf is not None:
                result.to_netcdf(netcdf)
        except DosemapError as error:
            failed = True
            print_error(log, str(error))
            documents.append(failed_document(file.name, str(error)))
            continue
        for sentence in without_effect(settings, result):
            log.print(sentence, markup=False)
        documents.append(result.to_dict())
        if not as_json:
            render_result(result, console, events=events)
    return documents, failed


def _run(file: Path, settings: Settings) -> DoseResult:
    procedure = read_rdsr(file)
    family = settings.equipment or match_family(procedure.device, site=settings.site)
    result = run_estimate(
        procedure,
        surface=surface_of(procedure, settings),
        equipment=family,
        overrides=settings.overrides,
        corrections=settings.corrections,
        head_gap_mm=settings.head_gap_mm,
        lateral_shift_mm=settings.lateral_shift_mm,
    )
    result = result.with_levels(settings.levels)
    if settings.interval is not None:
        from dosemap.interval import estimate_interval  # noqa: PLC0415  (few ask for it)

        interval = estimate_interval(
            procedure,
            known=settings.interval,
            equipment=family,
            corrections=settings.corrections,
        )
        result = result.with_interval(interval)
    return result.with_risk() if settings.risk else result


def _one_file_for(netcdf: Path | None, files: list[Path]) -> None:
    if netcdf is not None and len(files) != 1:
        raise DosemapError(f"--netcdf takes one report at a time, not {len(files)}")
