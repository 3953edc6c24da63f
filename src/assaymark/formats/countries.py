"""Countries as ISO 3166-1 names them by two and three letters, with the English names that registers write.

The names follow the public-domain table of the time zone database, with further spellings in use beside them.
"""

from __future__ import annotations

import re
from functools import cache

from anyascii import anyascii

_TABLE = """
AD AND Andorra
AE ARE United Arab Emirates
AF AFG Afghanistan
AG ATG Antigua & Barbuda
AI AIA Anguilla
AL ALB Albania
AM ARM Armenia
AO AGO Angola
AQ ATA Antarctica
AR ARG Argentina
AS ASM American Samoa
AT AUT Austria
AU AUS Australia
AW ABW Aruba
AX ALA Åland Islands
AZ AZE Azerbaijan
BA BIH Bosnia & Herzegovina
BB BRB Barbados
BD BGD Bangladesh
BE BEL Belgium
BF BFA Burkina Faso
BG BGR Bulgaria
BH BHR Bahrain
BI BDI Burundi
BJ BEN Benin
BL BLM St Barthelemy
BM BMU Bermuda
BN BRN Brunei
BO BOL Bolivia
BQ BES Caribbean NL
BR BRA Brazil
BS BHS Bahamas
BT BTN Bhutan
BV BVT Bouvet Island
BW BWA Botswana
BY BLR Belarus
BZ BLZ Belize
CA CAN Canada
CC CCK Cocos (Keeling) Islands
CD COD Democratic Republic of the Congo
CF CAF Central African Rep.
CG COG Republic of the Congo
CH CHE Switzerland
CI CIV Côte d’Ivoire
CK COK Cook Islands
CL CHL Chile
CM CMR Cameroon
CN CHN China
CO COL Colombia
CR CRI Costa Rica
CU CUB Cuba
CV CPV Cape Verde
CW CUW Curaçao
CX CXR Christmas Island
CY CYP Cyprus
CZ CZE Czechia
DE DEU Germany
DJ DJI Djibouti
DK DNK Denmark
DM DMA Dominica
DO DOM Dominican Republic
DZ DZA Algeria
EC ECU Ecuador
EE EST Estonia
EG EGY Egypt
EH ESH Western Sahara
ER ERI Eritrea
ES ESP Spain
ET ETH Ethiopia
FI FIN Finland
FJ FJI Fiji
FK FLK Falkland Islands
FM FSM Micronesia
FO FRO Faroe Islands
FR FRA France
GA GAB Gabon
GB GBR United Kingdom
GD GRD Grenada
GE GEO Georgia
GF GUF French Guiana
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland
GM GMB Gambia
GN GIN Guinea
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea
GR GRC Greece
GS SGS South Georgia & the South Sandwich Islands
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau
GY GUY Guyana
HK HKG Hong Kong
HM HMD Heard Island & McDonald Islands
HN HND Honduras
HR HRV Croatia
HT HTI Haiti
HU HUN Hungary
ID IDN Indonesia
IE IRL Ireland
IL ISR Israel
IM IMN Isle of Man
IN IND India
IO IOT British Indian Ocean Territory
IQ IRQ Iraq
IR IRN Iran
IS ISL Iceland
IT ITA Italy
JE JEY Jersey
JM JAM Jamaica
JO JOR Jordan
JP JPN Japan
KE KEN Kenya
KG KGZ Kyrgyzstan
KH KHM Cambodia
KI KIR Kiribati
KM COM Comoros
KN KNA St Kitts & Nevis
KP PRK North Korea
KR KOR South Korea
KW KWT Kuwait
KY CYM Cayman Islands
KZ KAZ Kazakhstan
LA LAO Laos
LB LBN Lebanon
LC LCA St Lucia
LI LIE Liechtenstein
LK LKA Sri Lanka
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania
LU LUX Luxembourg
LV LVA Latvia
LY LBY Libya
MA MAR Morocco
MC MCO Monaco
MD MDA Moldova
ME MNE Montenegro
MF MAF Saint Martin
MG MDG Madagascar
MH MHL Marshall Islands
MK MKD North Macedonia
ML MLI Mali
MM MMR Myanmar
MN MNG Mongolia
MO MAC Macau
MP MNP Northern Mariana Islands
MQ MTQ Martinique
MR MRT Mauritania
MS MSR Montserrat
MT MLT Malta
MU MUS Mauritius
MV MDV Maldives
MW MWI Malawi
MX MEX Mexico
MY MYS Malaysia
MZ MOZ Mozambique
NA NAM Namibia
NC NCL New Caledonia
NE NER Niger
NF NFK Norfolk Island
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands
NO NOR Norway
NP NPL Nepal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand
OM OMN Oman
PA PAN Panama
PE PER Peru
PF PYF French Polynesia
PG PNG Papua New Guinea
PH PHL Philippines
PK PAK Pakistan
PL POL Poland
PM SPM St Pierre & Miquelon
PN PCN Pitcairn
PR PRI Puerto Rico
PS PSE Palestine
PT PRT Portugal
PW PLW Palau
PY PRY Paraguay
QA QAT Qatar
RE REU Réunion
RO ROU Romania
RS SRB Serbia
RU RUS Russia
RW RWA Rwanda
SA SAU Saudi Arabia
SB SLB Solomon Islands
SC SYC Seychelles
SD SDN Sudan
SE SWE Sweden
SG SGP Singapore
SH SHN St Helena
SI SVN Slovenia
SJ SJM Svalbard & Jan Mayen
SK SVK Slovakia
SL SLE Sierra Leone
SM SMR San Marino
SN SEN Senegal
SO SOM Somalia
SR SUR Suriname
SS SSD South Sudan
ST STP Sao Tome & Principe
SV SLV El Salvador
SX SXM Sint Maarten
SY SYR Syria
SZ SWZ Eswatini (Swaziland)
TC TCA Turks & Caicos Is
TD TCD Chad
TF ATF French S. Terr.
TG TGO Togo
TH THA Thailand
TJ TJK Tajikistan
TK TKL Tokelau
TL TLS East Timor
TM TKM Turkmenistan
TN TUN Tunisia
TO TON Tonga
TR TUR Türkiye
TT TTO Trinidad & Tobago
TV TUV Tuvalu
TW TWN Taiwan
TZ TZA Tanzania
UA UKR Ukraine
UG UGA Uganda
UM UMI US minor outlying islands
US USA United States
UY URY Uruguay
UZ UZB Uzbekistan
VA VAT Vatican City
VC VCT St Vincent
VE VEN Venezuela
VG VGB British Virgin Islands
VI VIR US Virgin Islands
VN VNM Vietnam
VU VUT Vanuatu
WF WLF Wallis & Futuna
WS WSM Samoa
YE YEM Yemen
YT MYT Mayotte
ZA ZAF South Africa
ZM ZMB Zambia
ZW ZWE Zimbabwe
"""

_ALSO = {
    "GB": "Great Britain|UK|England|Scotland|Wales|Northern Ireland|United Kingdom of Great Britain",
    "US": "USA|United States of America|U.S.A.",
    "KR": "Korea|Republic of Korea|Korea, Republic of|Korea (Republic of)",
    "KP": "Democratic People's Republic of Korea",
    "CN": "People's Republic of China|PR China|P.R. China|Mainland China",
    "RU": "Russian Federation",
    "TR": "Turkey",
    "CZ": "Czech Republic",
    "VN": "Viet Nam",
    "TW": "Taiwan, Province of China|Chinese Taipei",
    "HK": "Hong Kong SAR|Hong Kong, China",
    "MO": "Macao|Macau SAR",
    "IR": "Iran, Islamic Republic of|Islamic Republic of Iran",
    "AE": "UAE",
    "NL": "The Netherlands|Holland",
    "CI": "Ivory Coast|Cote d'Ivoire",
    "TZ": "Tanzania, United Republic of|United Republic of Tanzania",
    "BO": "Bolivia, Plurinational State of|Plurinational State of Bolivia",
    "VE": "Venezuela, Bolivarian Republic of|Bolivarian Republic of Venezuela",
    "MD": "Republic of Moldova|Moldova, Republic of",
    "MK": "Macedonia|Republic of North Macedonia",
    "LA": "Lao People's Democratic Republic|Lao PDR",
    "SY": "Syrian Arab Republic",
    "BN": "Brunei Darussalam",
    "SZ": "Swaziland",
    "CV": "Cabo Verde",
    "PS": "State of Palestine",
    "BA": "Bosnia-Herzegovina",
    "SK": "Slovak Republic",
    "IE": "Republic of Ireland",
    "CD": "DR Congo|Congo, Democratic Republic of the",
    "CG": "Congo",
    "MM": "Burma",
    "TL": "Timor-Leste",
    "VA": "Holy See",
    "LC": "Saint Lucia",
    "KN": "Saint Kitts and Nevis",
    "VC": "Saint Vincent and the Grenadines",
    "DE": "Deutschland",
    "AT": "Österreich",
    "CH": "Schweiz|Suisse|Svizzera",
    "ES": "España",
    "IT": "Italia",
    "SE": "Sverige",
    "NO": "Norge",
    "DK": "Danmark",
    "BR": "Brasil",
    "PL": "Polska",
}


def _key(text: str) -> str:
    words = re.sub(r"[^a-z]+", " ", anyascii(text).lower().replace("&", " and ")).split()
    return " ".join(word for word in words if word != "the")


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """What is written → code, and code → name."""
    lines = [line.split(" ", 2) for line in _TABLE.strip().splitlines()]
    names = {code: name for code, _, name in lines}
    codes = {_key(name): code for code, name in names.items()}
    codes |= {_key(word): code for code, words in _ALSO.items() for word in words.split("|")}
    codes |= {three.lower(): code for code, three, _ in lines} | {code.lower(): code for code in names}
    return codes, names


def code_of(text: str) -> str | None:
    """The two letters for a code of two or three letters or an English name; None when it is not known."""
    return _known()[0].get(_key(text))


def name_of(code: str) -> str:
    """The English name of a code; the code itself when it is not known."""
    return _known()[1].get(code, code)
