"""Readers of recordings: one file format each, all returning the same."""
