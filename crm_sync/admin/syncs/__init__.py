"""Syncs in the back office: started, watched, stopped, and what they leave to people."""
