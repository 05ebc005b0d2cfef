"""One check a file: `ID`, a docstring whose first line says what holds, and `check`, which yields what doesn't. Four
families, each with the list of its modules: `project` looks at everything at once (`check(estate)`), the others at one
thing at a time: `dashboards` (`check(estate, dashboard)`), `expressions` (`check(estate, expression)`) and `rules`
(`check(estate, group, rule)`); a fifth, `waivers`, looks at what waivers made of what these say. Each check has a page in docs/checks/ of the same name.

A check with parameters declares a frozen dataclass called `Settings` beside its `ID` — a field a parameter, with its
type and its default — and reads them with `estate.settings(ID, Settings).field`, which costs a dictionary's look-up.
What `[tool.provision.checks.ID]` holds is compared with it before any check runs: an unknown name or a wrong type is one
sentence. `provision.prove.check.parameters` says which types there are. Severity and `"off"` are no check's business.
"""
