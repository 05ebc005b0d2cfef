"""The world map plug-in that Grafana 12 no longer runs as Grafana's own geomap."""

from __future__ import annotations

from provision.compile.normalize.fields import authored, coloured_steps, number, reducer
from provision.compile.normalize.plain import Json, merge

_CENTRES = {
    "(0°, 0°)": "zero",
    "North America": "north-america",
    "Europe": "europe",
    "West Asia": "west-asia",
    "SE Asia": "se-asia",
    "Last GeoHash": "fit",
    "custom": "coords",
}
_GAZETTEERS = {
    "countries": "public/gazetteer/countries.json",
    "countries_3letter": "public/gazetteer/countries.json",
    "states": "public/gazetteer/usa-states.json",
}


def worldmap(panel: Json) -> None:
    """grafanalib's Worldmap.

    Raises:
        ValueError: its places come from a source that a geomap can't read.
    """
    over, rules = authored(panel)
    defaults: Json = {"color": {"mode": "thresholds"}, "decimals": number(panel.get("decimals")) or 0}
    levels = [level for level in str(panel.get("thresholds", "")).split(",") if level.strip()]
    if levels:
        defaults["thresholds"] = coloured_steps(levels, panel.get("colors") or [])
    unit = panel.get("unitPlural") or panel.get("unitSingular") or panel.get("unitSingle")
    if unit:
        defaults["unit"] = f"suffix: {unit}"
    location = _location(panel)
    if location["mode"] == "lookup":
        reduced = {"id": "reduce", "options": {"reducers": [reducer(panel.get("valueName", "total"))]}}
        panel["transformations"] = [reduced, *panel.get("transformations", ())]
    view: Json = {
        "id": _CENTRES.get(panel.get("mapCenter", ""), "zero"),
        "zoom": number(panel.get("initialZoom")) or 1,
    }
    if view["id"] == "coords":
        view |= {
            "lat": number(panel.get("mapCenterLatitude")) or 0,
            "lon": number(panel.get("mapCenterLongitude")) or 0,
        }
    options = {
        "view": view,
        "controls": {"showZoom": True, "mouseWheelZoom": bool(panel.get("mouseWheelZoom"))},
        "basemap": {"type": "default", "name": "Basemap"},
        "layers": [_markers(panel, location)],
        "tooltip": {"mode": "details"},
    }
    panel["type"] = "geomap"
    panel["options"] = merge(options, panel.get("options", {}))
    panel["fieldConfig"] = {"defaults": merge(defaults, over), "overrides": rules}


def _location(panel: Json) -> Json:
    source = panel.get("locationData", "countries")
    if source in _GAZETTEERS:
        return {"mode": "lookup", "gazetteer": _GAZETTEERS[source]}
    if source == "geohash":
        return {"mode": "geohash", "geohash": panel.get("esGeoPoint", "geohash")}
    if source == "json_endpoint":
        return {"mode": "lookup", "gazetteer": panel.get("jsonUrl", "")}
    if source == "table":
        return _table_location(panel.get("tableQueryOptions", {}))
    raise ValueError(
        f"a geomap can't take its places from {source!r}; "
        "use 'countries', 'states', 'geohash', 'table' or 'json_endpoint' as locationData"
    )


def _table_location(fields: Json) -> Json:
    if fields.get("queryType") == "coordinates":
        return {
            "mode": "coords",
            "latitude": fields.get("latitudeField", "latitude"),
            "longitude": fields.get("longitudeField", "longitude"),
        }
    return {"mode": "geohash", "geohash": fields.get("geohashField", "geohash")}


def _markers(panel: Json, location: Json) -> Json:
    size: Json = {
        "fixed": 5,
        "min": number(panel.get("circleMinSize")) or 2,
        "max": number(panel.get("circleMaxSize")) or 30,
    }
    colour: Json = {"fixed": "dark-green"}
    if location["mode"] != "lookup":
        size["field"] = colour["field"] = panel.get("esMetric", "Value")
    return {
        "type": "markers",
        "name": "Layer 1",
        "config": {
            "showLegend": True,
            "style": {
                "size": size,
                "color": colour,
                "opacity": 0.4,
                "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
            },
        },
        "location": location,
        "tooltip": True,
    }
