"""Air kerma of events that state neither it nor an area product, by the profile's tube output."""

from dataclasses import dataclass

from dosemap.equipment import Profile, TubeOutput
from dosemap.interval.ranges import Bound, Range
from dosemap.placement.field_size import PLANE_MM
from dosemap.placement.kerma import output_in_words, tube_charge_mas
from dosemap.procedure import Assumption, Event, Provenance


@dataclass(frozen=True, kw_only=True)
class TubeCharge:
    """What the tube of an event was given, and what it gives for it."""

    charge_mas: float
    output: TubeOutput

    def air_kerma(self, ugy_per_mas_at_1m: Range, distance_mm: Range) -> Bound:
        """Return the air kerma at distances from the focal spot, for the output there is."""
        kerma_gy = Range(
            (PLANE_MM / distance_mm.high) ** 2, (PLANE_MM / distance_mm.low) ** 2
        ).times(ugy_per_mas_at_1m.times(self.charge_mas * 1e-6))
        return Bound(
            quantity="air_kerma_at_skin_gy",
            unit="Gy",
            range=kerma_gy,
            source=output_in_words(self.output),
            provenance=Provenance.PROFILE,
        )


def tube_charge(event: Event, profile: Profile | None) -> TubeCharge | None:
    """Return what stands in for a kerma and an area product that the event does not state.

    ``None`` where it states one of them, or charge or output are not known.
    """
    stated = event.reference_air_kerma_gy is not None or event.kerma_area_product_gy_m2
    if stated or profile is None or profile.tube_output is None:
        return None
    charge_mas = tube_charge_mas(event, profile.tube_output)
    if charge_mas is None:
        return None
    return TubeCharge(charge_mas=charge_mas, output=profile.tube_output)


def by_tube_output(output: TubeOutput, events: tuple[int, ...]) -> Assumption:
    """Return what the air kerma of these events rests on."""
    return Assumption(
        field="reference_air_kerma_gy",
        value="derived",
        why=f"not in the report; tube charge by {output_in_words(output)}",
        provenance=Provenance.PROFILE,
        events=events,
    )
