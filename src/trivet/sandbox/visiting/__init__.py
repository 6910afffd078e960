"""Somebody at a browser, for tests: through an application to the sandbox's pages, and back with what they decided.

They read the same pages and press the same buttons as people do, so nothing is easier for them than for anybody.
"""
