"""The frame of the drawing in three dimensions: view, slider, scale, and what they say in words."""

from collections.abc import Sequence

from dosemap.dose_words import gy
from dosemap.figures.scale import DoseScale
from dosemap.report.fragments import notes, section
from dosemap.report.levels import Mark
from dosemap.report.markup import Markup, element, foreign
from dosemap.report.scale_svg import scale_svg
from dosemap.report.steps import DoseSteps
from dosemap.result import DoseResult

_VIEWS = ("peak", "back", "front", "left", "right", "whole")


def map_section(
    result: DoseResult,
    scale: DoseScale,
    marks: Sequence[Mark],
    *,
    steps: DoseSteps | None,
    least_gy: float,
) -> Markup:
    """Return the frame; its scripts fill it.

    Parameters
    ----------
    result
        With a map.
    scale, marks
        Of the colours, and alert levels on it.
    steps
        What the slider goes through; ``None``: no slider.
    least_gy
        Dose below which skin is drawn without.
    """
    document = result.document
    peak_gy = document["peak_skin_dose_gy"]
    label = (
        f"Body in three dimensions with the dose map: {document['map']['surface']}; the peak of"
        f" {gy(peak_gy)} is at: {document['peak']['site']}"
    )
    return section(
        "map",
        "Where on the body",
        element(
            "p",
            "The drawing needs JavaScript and WebGL; all numbers stand on this page"
            " without them, too.",
            id="no-drawing",
            class_="warning",
            role="status",
        ),
        element(
            "div",
            element("div", id="view", role="application", aria_label=label),
            element("div", id="tip", aria_hidden="true", hidden=True),
            class_="view-frame",
        ),
        element(
            "p",
            "Drag or arrow keys turn it; after a click the wheel, or + and -, zoom. Escape hides"
            " the dose at the pointer, and stops playing.",
            class_="note",
        ),
        _views(),
        element("div", scale_svg(scale, marks, peak_gy=peak_gy), id="scale"),
        element("p", id="scale-alone", hidden=True),
        _slider(steps),
        element(
            "div",
            element("h3", "At the point under the pointer"),
            element("p", id="here", role="status", aria_live="polite"),
            class_="readout",
        ),
        notes(_notes(result, scale, marks, least_gy)),
        notes(_step_notes(result, steps) if steps is not None else ()),
    )


def _views() -> Markup:
    buttons = (
        element("button", view, type="button", data_view=view, aria_label=f"look at: {view}")
        for view in _VIEWS
    )
    return element("div", *buttons, class_="views", role="group", aria_label="View")


def _slider(steps: DoseSteps | None) -> Markup:
    if steps is None:
        return element(
            "p",
            "Beams and the dose event by event can be shown only where the estimate was made: this"
            " result was loaded from a file.",
            class_="note",
        )
    last = len(steps.events)
    return element(
        "div",
        element(
            "div",
            element("button", "◀", type="button", id="back-one", aria_label="one step back"),
            element("button", "▶", type="button", id="on-one", aria_label="one step on"),
            element("button", "play", type="button", id="play", aria_pressed="false"),
            class_="steps-buttons",
        ),
        element("label", "Dose after", for_="step"),
        element("input", type="range", id="step", min=0, max=last, step=1, value=last),
        element("output", id="step-name", for_="step"),
        element("p", id="step-words", role="status", aria_live="polite"),
        element(
            "fieldset",
            element("legend", "Colours show"),
            _choice("sum", "dose so far", checked=True),
            _choice("one", "this step alone", checked=False),
        ),
        class_="steps",
    )


def _choice(value: str, text: str, *, checked: bool) -> Markup:
    box = element("input", type="radio", name="shown", value=value, checked=checked)
    return element("label", box, " ", text)


def _notes(
    result: DoseResult, scale: DoseScale, marks: Sequence[Mark], least_gy: float
) -> list[Markup]:
    document = result.document
    lines = [
        "Colours and lines are doses as the map has them, the mean over the patch of each of its"
        " points; the peak is the highest dose within a patch. Thin lines: "
        + (", ".join(scale.words(dose) for dose in scale.contours_gy) or "none")
        + ". Thick blue lines: alert levels. Grey: less than"
        + f" {gy(least_gy)}, drawn with wider triangles. Green"
        " diamond: the peak.",
    ]
    above = [mark for mark in marks if mark.dose_gy > scale.top_gy]
    if above:
        names = "; ".join(f"{mark.name} {mark.dose_gy:g} Gy" for mark in above)
        lines.append(f"Beyond the scale: {names}.")
    positions = document["procedure"]["patient_positions"]
    if len(positions) > 1:
        lines.append(
            "The patient's position changes: the body is drawn as it lies in the first,"
            f" {positions[0]['position']}; table and beam are those of the event's own."
        )
    return [foreign(line) for line in lines]


def _step_notes(result: DoseResult, steps: DoseSteps) -> list[str]:
    lines = [
        "Doses of single steps are kept to"
        f" {gy(steps.quantum_gy, digits=2)}; events are in the order of the report. What a step"
        " adds at the peak is that of the table of contributions. Orange: tube (square), beam, and"
        " the detector where its distance is reported; red: the field on the skin; grey-blue: table"
        " and pad."
    ]
    mapped = sum(len(events) for events in steps.events)
    if steps.is_grouped:
        lines.append(
            f"{mapped:,} events are too many for a slider: they are shown in {len(steps.events)}"
            f" steps of up to {len(steps.events[0])} events, and of the beams of a step at most 9."
        )
    missing = len(result.events) - mapped
    if missing:
        lines.append(f"{missing:,} of {len(result.events):,} events are not in the map.")
    return lines
