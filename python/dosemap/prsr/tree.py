"""The content tree of a Patient Radiation Dose SR: TID 10030."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from highdicom.sr import ContainerContentItem, ContentItem, DeviceObserverIdentifyingAttributes

from dosemap.prsr.estimate import estimate_item
from dosemap.prsr.identity import derived_uid
from dosemap.prsr.items import CONCEPT_MOD, OBS_CONTEXT, code, container, text
from dosemap.prsr.methodology import methodology_item
from dosemap.prsr.study import Study

if TYPE_CHECKING:
    from dosemap.result import DoseResult

_SYNTHETIC = "Synthetic: the source report was made up by a program; no patient, no measurement. "


def content_tree(
    result: "DoseResult", study: Study, *, picture: tuple[str, str]
) -> ContainerContentItem:
    """Return the root of the content tree.

    Parameters
    ----------
    result
        With a map.
    study
        Of the source report.
    picture
        SOP class and instance UID of the picture of the map.
    """
    document = result.document
    source = (study.reference["SOPClassUID"], study.reference["SOPInstanceUID"])
    methodology = methodology_item(result, source=source)
    return container(
        "report",
        code("language", "english", relationship=CONCEPT_MOD),
        code("observer_type", "device", relationship=OBS_CONTEXT),
        *_observer(document["software"]),
        estimate_item(document, methodology, picture=picture),
        *_remarks(document, study),
        template="10030",
        is_root=True,
    )


def _observer(software: Mapping[str, Any]) -> DeviceObserverIdentifyingAttributes:
    version = software["version"]
    return DeviceObserverIdentifyingAttributes(
        uid=derived_uid("dosemap", version),
        name=f"{software['name']} {version}",
        manufacturer_name=software["name"],
        model_name=software["name"],
    )


def _remarks(document: Mapping[str, Any], study: Study) -> Iterator[ContentItem]:
    made_up = _SYNTHETIC if document["procedure"]["synthetic"] else ""
    yield text("comment", made_up + document["software"]["notice"])
    for keyword in study.altered:
        yield text(
            "not_copied",
            f"{keyword}: the value is longer than DICOM allows, or holds what it does not; it was"
            " cut where it is a text for people, left out where it is an identifier, date or time",
        )
