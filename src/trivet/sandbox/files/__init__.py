"""Real files, below the directories that collections show: find them without leaving, list, copy and remove them.

Nothing here knows of tasks or requests. What is to be done, and for whom, is for ``transfer/`` to say, and for
``carrier/`` to go on with when it takes longer than a request.
"""
