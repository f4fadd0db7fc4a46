"""Mapping: our fields to a CRM's and back, as rows that people edit; the pure part and its rows."""
