"""What ``make fuzz`` found, each as the smallest report that showed it."""

from dataclasses import replace

from dosemap.simulate.content import Item
from dosemap.simulate.edits import Edit, change
from report_chain import check_chain
from simulated_reports import artis_bytes


def number(code: str, text: str) -> Edit:
    """Return an edit that writes another number."""

    def alter(item: Item) -> Item:
        return replace(item, value=text)

    return change(code, alter)


def test_a_detector_at_no_distance_at_all() -> None:
    """The square of a reciprocal distance was beyond what a number can be."""
    assert check_chain(artis_bytes(edits=[number("113750", "1e-300")]))
