"""Exports: a selection of contacts, written to a file that is downloaded."""
