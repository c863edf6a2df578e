"""Readers: one file format each, yielding values or the rows that could not be read."""
