from provision.author import Group, Record, Waive

shop = Group(
    name="shop",
    rules=[
        Record(
            record="shop:orders:ratio",
            expr="mesh:orders:rate5m / mesh:requests:rate5m",
            waive=Waive("unknown-record", reason="the mesh's rules lie in another repository", until="2099-12-31"),
        ),
        Record(
            record="shop:returns:ratio",
            expr="mesh:returns:rate5m / mesh:requests:rate5m",
            waive=Waive("unknown-record", reason="the mesh's rules come here in spring", until="2020-03-31"),
        ),
    ],
)
