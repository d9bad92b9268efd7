"""Columns that tell who somebody is, as offices call them, and columns that only sound like it."""

import pytest

from api.readers.words import identities

ALWAYS = """Nombre; Víctima; Nombre víctima; NOMBRE DE LA VÍCTIMA; Apellidos; Fecha nacimiento; Fecha de nacimiento; Lugar de
nacimiento; Data de nascimento; Dirección exacta; Direccion; Domicilio; Expediente; Expediente No.; No. de expediente;
Carpeta de investigación; DUI; No. DUI; CURP; DPI; CUI; Cédula; RG; CPF; Imputado; Victimario; Teléfono; Birth date;
Full name; Parentesco"""
OF_A_CASE = "ID; Id; Folio; No.; Caso; Latitud; Longitud; LAT; Coordenadas; Coordenada X; Calle; Colonia"
NEVER = """Id_entidad; Id Municipio; Cve. Municipio; Cve_Municipio; IDH; Víctimas; Total de víctimas; VICTIMAS; Homicidios; Edad;
Sexo; Género; Año; Mes; Municipio; Departamento; Entidad; Bien jurídico afectado; Modalidad; Población; Rango de edad;
Tipo de víctima; Nacimientos; Country or Area; Source Type; Tasa"""


def names(said: str) -> list[str]:
    return [" ".join(name.split()) for name in said.split(";")]


@pytest.mark.parametrize("case", [True, False])
def test_what_names_somebody_is_found(case: bool) -> None:
    assert identities(names(ALWAYS), case) == names(ALWAYS)


def test_what_leads_to_somebody_is_found_where_a_row_is_a_case() -> None:
    assert identities(names(OF_A_CASE), case=True) == names(OF_A_CASE)
    assert identities(names(OF_A_CASE), case=False) == []


@pytest.mark.parametrize("case", [True, False])
def test_what_only_counts_is_not(case: bool) -> None:
    assert identities(names(NEVER), case) == []
