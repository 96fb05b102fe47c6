"""Every sentence people read. Short, warm, exact; the number first where one must act."""
