"""Alerts: looked for every half minute, raised once, told by page, Slack and e-mail, cleared once."""
