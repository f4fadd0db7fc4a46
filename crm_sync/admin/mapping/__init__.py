"""The editor of mappings, under the pages of a connection."""
