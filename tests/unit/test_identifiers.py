"""What is shown of a definition of the reference point."""

import pytest

from dosemap.reading.identifiers import Identifiers

PATIENT = {"PatientName": "Skin^Ann-Marie=山田^太郎", "PatientID": "XK-4711", "PatientSex": "F"}


@pytest.mark.parametrize(
    ("definition", "shown"),
    [
        ("15cm below isocentre", "15cm below isocentre"),
        ("15 cm below isocentre, Ann's", "15 cm below isocentre, [removed]'s"),
        ("near XK-4711 (MARIE)", "near XK-[removed] ([removed])"),
        # The word belongs to the definition, whatever the patient is called.
        ("at the patient's skin", "at the patient's skin"),
        ("somewhere on Ms Skin", "somewhere on Ms [removed]"),
        # Part of a longer word is another word.
        ("Annotated: 53 cm from focus", "Annotated: 53 cm from focus"),
    ],
)
def test_names_and_numbers_of_the_patient_are_removed(definition: str, shown: str) -> None:
    assert Identifiers(PATIENT, ()).removed_from(definition) == shown


def test_a_report_without_a_name() -> None:
    assert Identifiers({}, ()).removed_from("53 cm from focus") == "53 cm from focus"


def test_a_number_that_is_the_distance_too() -> None:
    identifiers = Identifiers({"PatientID": "530"}, ())
    assert identifiers.removed_from("530 mm from focus") == "530 mm from focus"
