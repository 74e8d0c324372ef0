"""The roof: settings, doors to the outside, the command line and the bundled database."""
