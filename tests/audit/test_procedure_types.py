"""Types of procedure from codes and a site's map."""

from dataclasses import replace
from pathlib import Path

import pytest

from dosemap import DosemapError
from dosemap.procedure import ProcedureCode
from dosemap.procedure_types import procedure_type, read_procedure_map
from simulated_reports import artis_procedure


def code(scheme: str, value: str) -> ProcedureCode:
    return ProcedureCode(place="ProcedureCodeSequence", scheme=scheme, value=value, meaning="")


@pytest.mark.parametrize(
    ("codes", "name", "basis"),
    [
        ((), None, None),
        ((code("SCT", "415070008"),), "pci", "code"),
        ((code("SRT", "P5-30100"), code("DCM", "122061")), "coronary_angiography+pci", "code"),
        ((code("99SITE", "HK-12"),), "99SITE HK-12", "unnamed code"),
        ((code("99SITE", "Somebody"),), None, None),  # may be a name
    ],
)
def test_type_of_codes(codes: tuple[ProcedureCode, ...], name: str, basis: str) -> None:
    found = procedure_type(replace(artis_procedure(), procedure_codes=codes))
    assert (found.name, found.basis) == (name, basis)


def test_first_line_of_the_map_that_fits_counts(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text("type;scheme;code;text\nown;99SITE;HK-1;\nother;;;*BACK*\n", encoding="utf-8")
    site = read_procedure_map(path)
    report = replace(artis_procedure(), descriptions=("Low back  pain",))
    assert procedure_type(report, site=site).name == "other"
    coded = replace(report, procedure_codes=(code("99SITE", "HK-1"),))
    assert procedure_type(coded, site=site).name == "own"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("type,what\na,b\n", "line 1: column 'what'"),
        ("type,code\nown,\n", "line 2: type 'own' needs a code or a text"),
        ("type,scheme\nown,DCM\n", "stands without a code"),
        ("type,code\n", "no line below"),
    ],
)
def test_errors_name_line_and_value(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "map.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DosemapError, match=words):
        read_procedure_map(path)
