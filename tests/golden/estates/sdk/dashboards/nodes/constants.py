from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.builders import text

dashboard = (
    d.Dashboard("Constants and choices")
    .with_variable(d.ConstantVariable("prefix").value("node_"))
    .with_variable(d.CustomVariable("quantile").values("0.5,0.95,0.99"))
    .with_variable(d.TextBoxVariable("search").default_value("web"))
    .with_variable(d.AdHocVariable("filters"))
    .with_panel(text.Panel().title("").content("**$prefix** $quantile $search").transparent(True))
    .readonly()
    .build()
)
