"""What goes in and out for machines: imports of other systems' files."""
