"""What the four portals share: layout, sign-in, workspace, forms, order page."""
