"""Hours: when somebody may be written to or called, wherever they may be."""

from outreach.hours.windows import Window, window

__all__ = ["Window", "window"]
