"""The back office of erasures."""
