"""The back office of runs: one is chosen, estimated, approved, watched, and its results seen."""

from enrichment.admin.runs.listing import RunAdmin

__all__ = ["RunAdmin"]
