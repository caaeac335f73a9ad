"""Figures and printed pages of a result: the unfolded map, the events, a PDF to file."""
