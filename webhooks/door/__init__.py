"""The door: requests under /webhooks/, answered without Django's own machinery.

A sender waits for our answer and posts thousands of times an hour; sessions, forms and templates
have no part in that. A request is proved, its events are written down, and only then answered.
"""
