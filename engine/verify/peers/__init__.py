"""Programs that run tasks in another engine: each a file of its own, started by the interpreter that has the engine.

They answer in a file and import nothing of this project, so that any Python with the other engine can run them.
"""
