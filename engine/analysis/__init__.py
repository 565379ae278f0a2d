"""What a recording tells: the five-minute seated test, on any file."""

from engine.analysis.analysing import Analysis, analyse
from engine.analysis.facts import facts, to_text

__all__ = ["Analysis", "analyse", "facts", "to_text"]
