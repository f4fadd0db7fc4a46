"""Sending: messages are claimed, asked about once more, reserved, sent, and written down.

What protects from sending twice is that a message is committed as `sending` before a byte of it
leaves, and that nothing but Twilio's own list ever lets it wait again.
"""
