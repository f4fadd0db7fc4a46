"""Reads of this room's pages: how accounts stand, and pages of the ledger."""
