"""The pages of those who apply: companies that are new here, and those that want a further role."""
