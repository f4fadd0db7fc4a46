"""Spend: what was paid for which answers, by whatever one asks for, and what it was worth."""
