"""Benchmarks: one script for each figure of README.md beside this file."""
