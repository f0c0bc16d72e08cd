"""Built-in benchmark: is a film review snippet positive or negative?"""
