"""Reports as a Siemens ARCADIS Varic, a mobile C-arm, writes them: totals in a private scheme.

Imitates one public report. What is peculiar to it: the class is Enhanced SR, the title and all
items are private ("99SMS_RADSUM"), there is no template identifier, no irradiation event and no
device observer; kerma-area product in Gy.cm^2; air kerma is there, but "not attempted".
"""

from dataclasses import dataclass, field
from datetime import timedelta

from dosemap.simulate import template
from dosemap.simulate.content import Code, Item, code, container, dcm, instant, ucum
from dosemap.simulate.notation import Notation
from dosemap.simulate.report import SimulatedProcedure

ENHANCED_SR_STORAGE = "1.2.840.10008.5.1.4.1.1.88.22"
_LANGUAGE = Code("121049", "DCM", "Language of Content Item and Descendents")
_UNITS = {
    "1": ucum("1", "no units"),
    "s": ucum("s", "second"),
    "Gy.m2": ucum("Gy.cm^2", "Gray-squarecentimeter"),
}


@dataclass(frozen=True)
class SiemensVaric:
    """The habits of the ARCADIS family."""

    notation: Notation = field(
        default_factory=lambda: Notation(
            snomed_scheme="SRT",
            units=_UNITS,
            scales={"Gy.m2": 1e4},
            formats={"s": ".3f", "Gy.m2": ".4f"},
        )
    )

    def attributes(self, procedure: SimulatedProcedure) -> dict[str, str | None]:  # noqa: ARG002
        """Another class, no template, no character set."""
        return {
            "SOPClassUID": ENHANCED_SR_STORAGE,
            "ContentTemplateSequence": None,
            "SpecificCharacterSet": None,
            "StationName": None,
            "SoftwareVersions": None,
            "SeriesDescription": "Radiation Summary Report",
            "SeriesNumber": "6000",
        }

    def tree(self, procedure: SimulatedProcedure) -> Item:
        """Return the summary of the examination."""
        events = procedure.events
        exposures = sum(event.event_type != "fluoroscopy" for event in events)
        end = max((e.started_s + e.irradiation_duration_s for e in events), default=0.0)
        finished = procedure.started + timedelta(seconds=end)
        return container(
            _summary("C-10", "Radiation Summary Report"),
            code(_LANGUAGE, Code("eng", "ISO639_2", "English"), relationship="HAS CONCEPT MOD"),
            self.notation.num(_summary("C-200", "Total number of exposures"), exposures, "1"),
            self.notation.num(
                _summary("C-202", "Cumulative fluoro time"), procedure.fluoroscopy_time_s, "s"
            ),
            self.notation.num(
                _summary("C-204", "Cumulative dose area product"),
                procedure.dose_area_product_gy_m2,
                "Gy.m2",
            ),
            instant(
                _summary("C-206", "Start of the examination"),
                template.date_time(procedure.started, fraction=False),
            ),
            instant(
                _summary("C-208", "End of the examination"),
                template.date_time(finished, fraction=False),
            ),
            Item("NUM", _summary("C-210", "Cumulative air kerma"), None, qualifier=dcm("114007")),
            relationship=None,
        )


def _summary(value: str, meaning: str) -> Code:
    return Code(value, "99SMS_RADSUM", meaning)
