"""Campaigns: estimated, approved, sent at a pace, watched, and what they came to."""
