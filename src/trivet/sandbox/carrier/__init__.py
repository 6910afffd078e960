"""Those who carry files: threads that take tasks and do them, step by step, until they are done or over.

They know what is to be done from ``world/``, how to touch a file from ``files/`` and when to wait from ``script/``.
They answer no request and never hold the world's lock; ``transfer/`` hands them their tasks.
"""
