"""The options that say how a report is estimated, for every command that does."""

from dataclasses import dataclass
from typing import Annotated, cast

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
from dosemap.cli.equipment_files import EquipmentOption, asked_for, site_profiles
from dosemap.cli.fail_on import fail_on_words
from dosemap.cli.level_files import LevelsOption, chosen_levels
from dosemap.cli.options import (
    Settings,
    calibration_of,
    known_ranges,
    numbers,
    offset,
    positions,
)
from dosemap.corrections import Corrections
from dosemap.mesh.axes import PATIENT_AXES
from dosemap.mesh.units import LengthUnit
from dosemap.placement import PlacementOverrides
from dosemap.spectrum import DoseMedium
from dosemap.surface import DEFAULT_SPACING_MM

_SURFACE = "Patient surface"
_LACKING = "What the report lacks"
_INTERVAL = "Where no map is possible"
_PHYSICS = "Physics"
_OUTPUT = "Output"


@dataclass(frozen=True, kw_only=True)
class EstimateOptions:
    """One field per option, as the command line gives them."""

    surface: Annotated[
        str,
        typer.Option(
            help="'body' of the patient's sex, age, height and mass; 'trunk' (elliptical cylinder),"
            " 'cylinder', 'plane'; or a mesh file (STL, OBJ, PLY, GLB, 3MF; see docs/surfaces.md).",
            rich_help_panel=_SURFACE,
        ),
    ] = "body"
    sex: SexOption = None
    age: AgeOption = None
    height: HeightOption = None
    mass: MassOption = None
    thickness_ap: ThicknessOption = None
    arms: ArmsOption = None
    head_turned: HeadTurnOption = 0.0
    surface_size: Annotated[
        str | None,
        typer.Option(
            help="Size in mm, WIDTHxTHICKNESSxLENGTH for trunk, DIAMETERxLENGTH for cylinder,"
            " WIDTHxLENGTH for plane.",
            rich_help_panel=_SURFACE,
        ),
    ] = None
    mesh_unit: Annotated[
        str | None,
        typer.Option(help="Unit of a mesh file: mm, cm or m.", rich_help_panel=_SURFACE),
    ] = None
    mesh_axes: Annotated[
        str,
        typer.Option(
            help="Where x, y and z of a mesh file point: Left or Right, Anterior or Posterior,"
            " Head or Foot of the patient. LHA is usual for y up and the face towards +z.",
            rich_help_panel=_SURFACE,
        ),
    ] = PATIENT_AXES
    spacing_mm: Annotated[
        float,
        typer.Option(
            help="Distance between points of the map, mm; on a body 3 to 15, and closer on people"
            " smaller than adults.",
            rich_help_panel=_SURFACE,
        ),
    ] = DEFAULT_SPACING_MM
    head_gap_mm: Annotated[
        float | None,
        typer.Option(
            help="From the table's head end to the end of the surface that lies there, mm; the"
            " profile's, else 0, if not given.",
            rich_help_panel=_SURFACE,
        ),
    ] = None
    lateral_shift_mm: Annotated[
        float | None,
        typer.Option(
            help="Shift of the surface from the table's centre line, mm, to the left of a"
            " head-first supine patient; the profile's, else 0, if not given.",
            rich_help_panel=_SURFACE,
        ),
    ] = None
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
    ] = None
    equipment: EquipmentOption = None
    table_offset: Annotated[
        str | None,
        typer.Option(
            help="X,Y,Z in mm added to the table position: to the left of a head-first supine"
            " patient, down, to the head end. Where the profile does not know the zero of the"
            " table position, this is it.",
            rich_help_panel=_LACKING,
        ),
    ] = None
    kvp: Annotated[
        float | None,
        typer.Option(
            help="Tube potential where the report has none, kV.", rich_help_panel=_LACKING
        ),
    ] = None
    field_side_at_1m_mm: Annotated[
        float | None,
        typer.Option(
            help="Side of a square field at 1 m from the focal spot where the report has no size.",
            rich_help_panel=_LACKING,
        ),
    ] = None
    interval: Annotated[
        bool,
        typer.Option(
            "--interval",
            help="Also tell between which two doses the peak skin dose must lie, by what the report"
            " states and whatever it leaves open: the only answer for systems that give no map"
            " (mobile C-arms, R/F rooms); docs/methods/interval.md.",
            rich_help_panel=_INTERVAL,
        ),
    ] = False
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
    ] = None
    medium: Annotated[
        str, typer.Option(help="skin, water, tissue4 or air.", rich_help_panel=_PHYSICS)
    ] = "skin"
    calibration: Annotated[
        str | None,
        typer.Option(
            metavar="FACTOR",
            help="Calibration factor of the air-kerma meter, or 'report' for those that the report"
            " states; if not given those of the equipment profile, else 1, listed as assumed.",
            rich_help_panel=_PHYSICS,
        ),
    ] = None
    backscatter: Annotated[
        bool, typer.Option(help="Backscatter at each point.", rich_help_panel=_PHYSICS)
    ] = True
    support: Annotated[
        bool, typer.Option(help="Attenuation by table and pad.", rich_help_panel=_PHYSICS)
    ] = True
    occlusion: Annotated[
        bool, typer.Option(help="Shadows of the body on itself.", rich_help_panel=_PHYSICS)
    ] = True
    levels: LevelsOption = None
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
    ] = None

    def settings(self, *, risk: bool) -> Settings:
        """Return the options read and checked.

        Parameters
        ----------
        risk
            Whether results get the published skin reactions.

        Raises
        ------
        DosemapError
            One of them cannot be what is meant.
        """
        overrides = PlacementOverrides(
            patient_position=positions(self.patient_position or []),
            table_offset_mm=offset(self.table_offset),
            kvp=self.kvp,
            field_side_at_1m_mm=self.field_side_at_1m_mm,
        )
        site = site_profiles()
        settings = Settings(
            surface=self.surface,
            surface_size_mm=numbers("--surface-size", self.surface_size, "x"),
            body=read_body_options(
                sex=self.sex,
                age=self.age,
                height=self.height,
                mass=self.mass,
                thickness_ap=self.thickness_ap,
                arms=self.arms,
                head_turned=self.head_turned,
            ),
            mesh_unit=cast("LengthUnit | None", choice("--mesh-unit", self.mesh_unit, LengthUnit)),
            mesh_axes=self.mesh_axes,
            spacing_mm=self.spacing_mm,
            head_gap_mm=self.head_gap_mm,
            lateral_shift_mm=self.lateral_shift_mm,
            equipment=asked_for(self.equipment, site),
            site=site,
            levels=chosen_levels(self.levels),
            risk=risk,
            overrides=overrides,
            interval=known_ranges(self.known or [], overrides, interval=self.interval),
            corrections=Corrections(
                medium=cast("DoseMedium", choice("--medium", self.medium, DoseMedium)),
                calibration=calibration_of(self.calibration),
                backscatter=self.backscatter,
                support=self.support,
                occlusion=self.occlusion,
            ),
        )
        fail_on_words(self.fail_on, settings.levels)
        return settings
