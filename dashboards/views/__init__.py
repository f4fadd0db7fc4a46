"""The pages of this room, one file each; who may see them is said in `access`."""
