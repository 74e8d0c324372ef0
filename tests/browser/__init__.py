"""The portals in a real browser: whole stories at two widths, and every page under axe-core."""
