"""Bulk actions: one thing done to every contact of a selection, however many, and told of."""
