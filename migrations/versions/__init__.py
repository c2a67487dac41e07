"""Released steps, one folder a store. They never import the program."""
