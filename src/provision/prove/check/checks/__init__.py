"""One check a file: `ID`, and `check(estate)` that yields what it has to say. The table of them is
`provision.prove.check.checking.CHECKS`; each has a page in docs/checks/.
"""
