"""The back office of discovery: places are typed, estimated, approved, watched, and imported."""

from enrichment.admin.discoveries.listing import DiscoveryAdmin

__all__ = ["DiscoveryAdmin"]
