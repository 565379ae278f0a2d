"""The report of a session: what was done, what the body did, and how far to trust it."""

from engine.report.view import Band, Device, SessionView, Shown, Track
from engine.report.writing import write_report

__all__ = ["Band", "Device", "SessionView", "Shown", "Track", "write_report"]
