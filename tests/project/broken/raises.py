raise RuntimeError("broken while it was imported, on purpose")
