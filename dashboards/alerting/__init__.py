"""Alerts: looked for every half minute, raised once, told by page, Slack, e-mail, cleared once."""
