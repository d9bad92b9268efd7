"""The table of every file: who sends it how, and what must come of its rows."""

from dataclasses import dataclass, field

GUA = {"country": "GT", "admin1": "GT-01"}


@dataclass(frozen=True)
class Expected:
    """One file, who sends it and how, and what must come of it."""

    file: str
    who: str
    asked: dict[str, str]
    rows: tuple[int, int, int, int, int, int]
    """In, stored, summed, parked, refused, ignored."""
    totals: dict[str, dict[str, float]]
    codes: dict[str, int] = field(default_factory=dict)
    """Reason -> how many rows were refused, parked or ignored for it."""
    kind: str = "observations"


def asked(reader: str, source: str, **more: str) -> dict[str, str]:
    return {"reader": reader, "source": source} | more


INVENTED = [
    Expected(
        "sesnsp_invented.csv",
        "mx",
        asked("sesnsp", "sesnsp"),
        (11, 3, 2, 1, 3, 2),
        {"homicide": {"2023": 16}, "unintentional-homicide": {"2023": 10}},
        {"place-unknown": 1, "columns-short": 1, "number-invalid": 1, "value-negative": 1, "other-indicator": 1, "blank-row": 1},
    ),
    Expected(
        "long_invented.csv",
        "gt",
        asked("long", "demonstration"),
        (24, 7, 2, 1, 12, 2),
        {"homicide": {"2022": 20, "2023": 1240}, "homicide-rate": {"2022": 17.3}},
        {
            **{"place-unknown": 1, "count-not-whole": 1, "formula": 1, "period-invalid": 1, "indicator-unknown": 1},
            **{"indicator-computed": 1, "stated-twice": 2, "status-unknown": 1, "value-or-status": 1, "percent-over-100": 1},
            **{"breakdown-unknown": 1, "place-not-yours": 1, "blank-row": 1, "total-row": 1},
        },
    ),
    Expected("long_invented.ndjson", "gt", asked("long", "demonstration"), (3, 3, 0, 0, 0, 0), {"homicide": {"2023": 3}}),
    Expected(
        "names_wide_invented.csv",
        "gt",
        asked("names-wide", "demonstration", **GUA),
        (7, 4, 0, 1, 0, 2),
        {"homicide": {"2022": 1008}},
        {"place-unknown": 1, "total-row": 1, "note-line": 1},
    ),
    Expected(
        "names_years_invented.csv",
        "gt",
        asked("names-wide", "demonstration", country="GT"),
        (3, 2, 0, 0, 1, 0),
        {"homicide": {"2019": 10, "2020": 12}, "suicide": {"2019": 1, "2020": 0, "2021": 2}},
        {"indicator-unknown": 1},
    ),
    Expected(
        "names_long_invented.csv",
        "gt",
        asked("names-long", "demonstration", **GUA),
        (6, 3, 0, 1, 2, 0),
        {"homicide": {"2018": 3}},
        {"place-unknown": 1, "month-invalid": 1, "year-invalid": 1},
    ),
    Expected(
        "pa_victims_invented.csv",
        "region",
        asked("pa-victims", "pa-datos-abiertos"),
        (8, 3, 2, 1, 1, 1),
        {"homicide": {"2023": 5}},
        {"place-unknown": 1, "breakdown-unknown": 1, "other-indicator": 1},
    ),
    Expected(
        "mx_sinaloa_invented.csv",
        "mx",
        asked("mx-sinaloa", "mx-sinaloa"),
        (5, 3, 0, 1, 0, 1),
        {"homicide": {"2024": 8}, "unintentional-homicide": {"2024": 9}},
        {"place-unknown": 1, "total-row": 1},
    ),
    Expected(
        "un_homicide_invented.csv",
        "region",
        asked("un-homicide", "un-homicide"),
        (4, 2, 0, 1, 1, 0),
        {"homicide": {"2011": 1010}, "homicide-rate": {"2011": 15.6}},
        {"place-unknown": 1, "place-aggregate": 1},
    ),
    Expected(
        "departments_invented.csv",
        "region",
        asked("prensa-grafica-2011", "prensa-grafica-2011"),
        (8, 3, 0, 4, 1, 0),
        {"homicide": {"2010": 2019}},
        {"place-unknown": 4, "rate-differs": 1},
    ),
    Expected(
        "residents_invented.csv",
        "mx",
        {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"},
        (4, 2, 0, 1, 1, 0),
        {"population": {"2020": 120000}},
        {"place-unknown": 1, "population-missing": 1},
        "populations",
    ),
]
COUNTS = (12505, 11510, 11775, 10038, 10154, 10696, 11472, 11374, 11157, 11872, 13042, 14367, 14164, 15949, 18354, 18404, 17093)
RATES = (206.2, 181, 181.9, 154.8, 158.7, 179, 195.2, 196.5, 179.4, 190, 200.7, 217.3, 213.7, 237.2, 268.4, 276.1, 199.3)
UNITED_NATIONS: dict[str, dict[str, float]] = {
    indicator: {str(year): total for year, total in enumerate(totals, 1995)}
    for indicator, totals in (("homicide", COUNTS), ("homicide-rate", RATES))
}
REAL = [
    Expected(
        "raw/mx_sesnsp_guanajuato_homicidios_2020_2021_utf8.csv",
        "mx",
        asked("sesnsp", "sesnsp"),
        (828, 0, 828, 0, 0, 0),
        {"homicide": {"2020": 3359, "2021": 2823}, "unintentional-homicide": {"2020": 1581, "2021": 850}},
    ),
    Expected(
        "raw/mx_sesnsp_guanajuato_homicidios_2022_latin1.csv",
        "mx",
        asked("sesnsp", "sesnsp"),
        (414, 0, 414, 0, 0, 0),
        {"homicide": {"2022": 2634}, "unintentional-homicide": {"2022": 879}},
    ),
    Expected(
        "raw/mx_guanajuato_poblacion_municipal.csv",
        "mx",
        {"year": "2020", "source": "censo", "country": "MX", "admin1": "MX-GUA"},
        (46, 46, 0, 0, 0, 0),
        {"population": {"2020": 6166934}},
        kind="populations",
    ),
    Expected(
        "raw/mx_sinaloa_violencia_homicida_municipal_2024_2025.csv",
        "mx",
        asked("mx-sinaloa", "mx-sinaloa"),
        (360, 324, 0, 36, 0, 0),
        {"homicide": {"2024": 798, "2025": 711}, "unintentional-homicide": {"2024": 613, "2025": 275}},
        {"place-unknown": 36},
    ),
    Expected(
        "raw/pa_homicidios_2023_victimas.csv",
        "region",
        asked("pa-victims", "pa-datos-abiertos"),
        (556, 31, 525, 0, 0, 0),
        {"homicide": {"2023": 556}},
    ),
    Expected(
        "raw/ca_homicides_admin1_2010_nocountry.csv",
        "region",
        asked("prensa-grafica-2011", "prensa-grafica-2011"),
        (93, 89, 0, 4, 0, 0),
        {"homicide": {"2010": 17699}},
        {"place-unknown": 4},
    ),
    Expected(
        "indicators/un_homicides_country_year.csv",
        "region",
        asked("un-homicide", "un-homicide"),
        (118, 106, 0, 0, 12, 0),
        UNITED_NATIONS,
        {"place-aggregate": 12},
    ),
]
