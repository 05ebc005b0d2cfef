"""One check a file: `ID`, a docstring whose first line says what holds, and `check`, which yields what doesn't. Four
families, each with the list of its modules: `project` looks at everything at once (`check(estate)`), the others at one
thing at a time: `dashboards` (`check(estate, dashboard)`), `expressions` (`check(estate, expression)`) and `rules`
(`check(estate, group, rule)`). Each check has a page in docs/checks/ of the same name.
"""
