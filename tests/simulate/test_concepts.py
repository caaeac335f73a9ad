import pytest

from dosemap.simulate.concepts import DCM_MEANINGS, SNOMED

pydicom_concepts = pytest.importorskip("pydicom.sr._concepts_dict").concepts
pydicom_snomed = pytest.importorskip("pydicom.sr._snomed_dict").mapping


def test_meanings_are_those_of_dicom() -> None:
    published = {
        code: meaning
        for by_code in pydicom_concepts["DCM"].values()
        for code, (meaning, _groups) in by_code.items()
    }
    differing = {
        code: (meaning, published.get(code))
        for code, meaning in DCM_MEANINGS.items()
        # PS3.16 changed the case of some meanings over the years.
        if meaning.lower() != published.get(code, "").lower()
    }
    assert differing == {}


# pydicom's table lacks the copper *compound* of PS3.16 context group 10006, and SNOMED CT has no
# "erect": context group 19 takes that of the NCI.
@pytest.mark.parametrize("name", sorted(SNOMED.keys() - {"Cu", "erect"}))
def test_the_two_snomed_schemes_name_the_same_concept(name: str) -> None:
    concept = SNOMED[name]
    assert pydicom_snomed["SRT"][concept.srt] == concept.sct
