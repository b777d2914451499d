"""What a service keeps of its answers and of what came true: lines in files, read and folded."""
