"""Short messages into a folder: what a trial site would send, one file each, to look at."""
