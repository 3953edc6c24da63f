"""One file per register: a typed model and its declaration. Every module here is found by itself (see `models`)."""
