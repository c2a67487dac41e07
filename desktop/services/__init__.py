"""What the program does, one module or package a job. No Qt here."""
