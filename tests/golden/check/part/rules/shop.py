from provision.author import Alert, Group, Record

shop = Group(
    name="shop",
    limit=100,
    query_offset="1m",
    rules=[
        Record(record="job:orders:rate5m", expr="sum by (job) (rate(orders_total[5m]))"),
        Record(record="job:orders:rate5m", expr="sum by (job) (rate(orders[5m]))"),
        Alert(alert="NoOrders", expr="job:orders:rate10m == 0"),
        Alert(alert="NoOrders", expr="job:orders:rate10m == 0"),
        Alert(alert="ManyOrders", expr="sum(orders_total[5m]) > 1e3"),
    ],
)
