"""Reads a text file of any of the layouts we know, told apart by their first lines."""

from pathlib import Path

from engine.store.readers.csv import read_csv
from engine.store.readers.empatica import is_sheet, read_sheet
from engine.store.readers.plain import text_of
from engine.store.readers.polar import is_polar, read_polar
from engine.store.readers.polar_flow import is_polar_flow, read_polar_flow
from engine.store.readers.rr_text import is_rr_text, read_rr_text
from engine.store.track import Recording

LOOKED_AT = 4096
"""Letters that decide."""


def read_text(path: Path) -> Recording:
    """Return the recording in the text file at ``path``: a table, intervals, or an export."""
    text = text_of(path)
    start = text[:LOOKED_AT]
    if is_sheet(path, start):
        return read_sheet(path, text)
    if is_polar(start):
        return read_polar(path)
    if is_polar_flow(start):
        return read_polar_flow(path)
    if is_rr_text(start):
        return read_rr_text(path)
    return read_csv(path)
