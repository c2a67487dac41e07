"""Code sets by date: loading, look-up, type-ahead, notes, and our own small lists."""
