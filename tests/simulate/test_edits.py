from collections.abc import Iterable
from dataclasses import replace

import pytest
from pydicom.dataset import Dataset
from rdsr_walker import events, find, find_all, walk

from dosemap.simulate import rdsr_dataset
from dosemap.simulate.content import Code, Item, ucum
from dosemap.simulate.edits import (
    Edit,
    append,
    change,
    duplicate,
    empty,
    lift_children,
    omit,
    reorder_events,
)
from preset_reports import lumbar_injection


def edited(*edits: Edit, style: str = "philips_allura") -> Dataset:
    return rdsr_dataset(lumbar_injection(), style=style, edits=edits)


def codes(items: Iterable[Dataset]) -> list[list[str]]:
    return [[found.code for found in walk(item)] for item in items]


def test_omit_takes_an_item_out_of_every_event() -> None:
    before, after = events(edited()), events(edited(omit("113733")))
    assert codes(after) == [[c for c in event if c != "113733"] for event in codes(before)]


def test_omit_takes_what_is_below_too() -> None:
    dataset = edited(omit("005", scheme="99PHI-IXR-XPER"))
    assert find_all(dataset, "006", "99PHI-IXR-XPER") == []


def test_one_event_alone_can_be_altered() -> None:
    present = [len(find_all(e, "113733")) for e in events(edited(omit("113733", event=3)))]
    assert present == [1, 1, 1, 0] + [1] * 10


def test_a_scheme_keeps_codes_apart() -> None:
    with pytest.raises(LookupError, match="021"):
        edited(omit("021"))


def test_an_empty_number_has_a_qualifier_and_no_value() -> None:
    item = find(events(edited(empty("112011", event=0)))[0], "112011").dataset
    assert len(item.MeasuredValueSequence) == 0
    assert item.NumericValueQualifierCodeSequence[0].CodeValue == "114010"


def test_texts_dates_and_codes_can_be_empty() -> None:
    report = edited(empty("113780"), empty("111526"), empty("113745"), empty("113795"))
    (event,) = (event for event in events(report) if find_all(event, "113795"))  # the one series
    items = {code: find_all(event, code)[0].dataset for code in ("113780", "111526")}
    assert items["113780"].TextValue == ""
    assert items["111526"].DateTime == ""
    by_code = {item.ConceptNameCodeSequence[0].CodeValue: item for item in event.ContentSequence}
    assert len(by_code["113745"].ConceptCodeSequence) == 0
    assert len(by_code["113795"].ReferencedSOPSequence) == 0


def test_a_number_can_be_multi_valued_or_not_a_number() -> None:
    several = change("113733", lambda item: replace(item, value=("0", "70", "71.5")), event=0)
    nan = change("113734", lambda item: replace(item, value="nan"), event=0)
    event = events(edited(several, nan))[0]
    assert find(event, "113733").value == [0, 70, 71.5]
    item = find_all(event, "113734")[0].dataset
    assert str(item.MeasuredValueSequence[0].NumericValue) == "nan"


def test_a_unit_can_be_wrong_while_the_number_stays() -> None:
    plain = find(events(edited())[0], "113738")
    mislabelled = change("113738", lambda item: replace(item, unit=ucum("mGy")))
    altered = find(events(edited(mislabelled))[0], "113738")
    assert (altered.value, altered.unit) == (plain.value, "mGy")


def test_a_concept_and_a_relationship_can_be_changed() -> None:
    renamed = change("112011", lambda i: replace(i, concept=Code("1", "99X", "x")), event=0)
    loose = change("112012", lambda i: replace(i, relationship=None), event=0)
    event = events(edited(renamed, loose))[0]
    assert find_all(event, "112011") == []
    assert find(event, "1", "99X").unit == "deg"
    assert find(event, "112012").relationship is None


def test_an_item_can_be_added_to_one_event_or_to_all() -> None:
    physician = Item("PNAME", Code("113870", "DCM", "Person Name"), "SYNTHETIC^PHYSICIAN")
    everywhere = events(edited(append(physician)))
    assert all(len(find_all(event, "113870")) == 1 for event in everywhere)
    assert find_all(everywhere[0], "113870")[0].dataset.PersonName == "SYNTHETIC^PHYSICIAN"
    once = events(edited(append(physician, event=2)))
    assert [len(find_all(event, "113870")) for event in once] == [0, 0, 1] + [0] * 11


def test_duplicate_writes_twice() -> None:
    event = events(edited(duplicate("113780", event=0)))[0]
    assert len(find_all(event, "113780")) == 2


def test_children_become_siblings() -> None:
    event = events(edited(lift_children("113743")))[0]
    top = [item.ConceptNameCodeSequence[0].CodeValue for item in event.ContentSequence]
    assert top.index("113744") == top.index("113743") + 1


def test_events_can_stand_in_another_order() -> None:
    order = [*range(7, 14), *range(7)]
    plain = [find(e, "113769").value for e in events(edited())]
    moved = [find(e, "113769").value for e in events(edited(reorder_events(order)))]
    assert moved == [plain[i] for i in order]
    with pytest.raises(ValueError, match="14 events"):
        edited(reorder_events([0, 0]))


def test_edits_apply_one_after_the_other() -> None:
    with pytest.raises(LookupError, match="113733"):
        edited(omit("113733"), empty("113733"))
