"""The programs of others: promtool, amtool, git, and the servers themselves; calls are bounded in time, answers
are values. One module a program; `servers` finds them, `debian` fetches what a machine lacks.
"""
