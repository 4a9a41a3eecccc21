"""Tables of frozen rows: columns are declared, one item model with named roles serves every view."""
