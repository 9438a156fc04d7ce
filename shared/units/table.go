package units

// entry is a unit of the table. In coherent SI units (bits for information, radians for angles) its
// factor is
//
//	number * by / over * 10^ten * π^pi
//
// and every factor that is exact by definition is exact here.
type entry struct {
	names     string // symbols, the one shown first, then after "|" names: singular, plural, others
	dimension Dimension
	number    float64 // a whole number below 2^53
	ten       int8
	over      uint16 // 0 is 1
	by        uint8  // 0 is 1
	pi        int8
	flags     uint8
	source    uint8
}

// Flags of an entry.
const (
	prefixed = 1 << iota // takes the prefixes of the SI; bits and bytes also take the binary ones
	decimal              // a unit of the SI, whose products are simplified: see simple
	point                // a temperature on a scale with a zero of its own
	count                // a number word: 3 dozen is the number 36
)

// The sources of the factors.
const (
	si         = iota // units with special names, and the coherent units they stand for
	accepted          // accepted for use with the SI
	nist              // conversion factors
	yard              // yard 0.9144 m, pound 0.45359237 kg
	handbook          // US customary measures
	imperial          // gallon 4.54609 l
	iau2012           // astronomical unit
	iau2015           // parsec
	iauYear           // year of 365.25 days, month a twelfth of it, light-year
	iec               // byte, binary prefixes
	definition        // number words
	iso4217           // currencies
)

var sources = [...]string{
	si:         "SI brochure, 9th edition, tables 2 and 4",
	accepted:   "SI brochure, 9th edition, table 8",
	nist:       "NIST SP 811 (2008), appendix B.8",
	yard:       "international yard and pound agreement of 1959",
	handbook:   "NIST Handbook 44, appendix C",
	imperial:   "UK Units of Measurement Regulations 1995",
	iau2012:    "IAU 2012 resolution B2",
	iau2015:    "IAU 2015 resolution B2",
	iauYear:    "IAU style manual (1989), Julian year",
	iec:        "IEC 80000-13:2008",
	definition: "definition",
	iso4217:    "ISO 4217",
}

// The units that the code refers to by number.
const (
	idNone = iota // the zero part is no unit
	idMetre
	idGram
	idSecond
	idAmpere
	idKelvin
	idMole
	idCandela
	idBit
	idRadian
	idNewton
	idPascal
	idJoule
	idWatt
	idCoulomb
	idVolt
	idFarad
	idOhm
	idSiemens
	idWeber
	idTesla
	idHenry
	idHertz
	idCelsius
	idFahrenheit
	idDeltaCelsius
	idDeltaFahrenheit
	idPercent
	idDegree
	idArcMinute
	idArcSecond
	idTurn
	idMinute
	idHour
	idClock
	idHundredKm
	idInch
	idFoot
	idMile
	idNauticalMile
	idMph
	idKnot
	idRpm
	idWattHour
	idAmpereHour
	idBitPerSecond
	firstOther
)

// table has every unit except the currencies.
var table = [...]entry{
	idMetre:   {"m|metre metres meter meters", Length, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idGram:    {"g|gram grams gramme grammes", Mass, 1, -3, 0, 0, 0, prefixed | decimal, si},
	idSecond:  {"s sec secs|second seconds", Time, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idAmpere:  {"A|ampere amperes amp amps", Current, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idKelvin:  {"K °K|kelvin kelvins", Temperature, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idMole:    {"mol|mole moles", Amount, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idCandela: {"cd|candela candelas", Luminosity, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idBit:     {"bit b|bit bits", Information, 1, 0, 0, 0, 0, prefixed, iec},
	idRadian:  {"rad|radian radians", Angle, 1, 0, 0, 0, 0, prefixed, si},
	idNewton:  {"N|newton newtons", force, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idPascal:  {"Pa|pascal pascals", pressure, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idJoule:   {"J|joule joules", energy, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idWatt:    {"W|watt watts", power, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idCoulomb: {"C|coulomb coulombs", charge, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idVolt:    {"V|volt volts", voltage, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idFarad:   {"F|farad farads", capacitance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idOhm:     {"Ω \u2126|ohm ohms", resistance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idSiemens: {"S|siemens siemens", -resistance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idWeber:   {"Wb|weber webers", flux, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idTesla:   {"T|tesla teslas", flux - area, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idHenry:   {"H|henry henrys henries", inductance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idHertz:   {"Hz|hertz hertz", frequency, 1, 0, 0, 0, 0, prefixed | decimal, si},

	idCelsius: {
		"°C degC ℃ ˚C ºC|celsius celsius degree_celsius degrees_celsius degrees_c deg_c " +
			"centigrade",
		Temperature, 1, 0, 0, 0, 0, point, si,
	},
	idFahrenheit: {
		"°F degF ℉ ˚F ºF|fahrenheit fahrenheit degree_fahrenheit degrees_fahrenheit " +
			"degrees_f deg_f",
		Temperature, 5, 0, 9, 0, 0, point, nist,
	},
	idDeltaCelsius: {
		"Δ°C deltaC|delta_celsius delta_celsius",
		Temperature, 1, 0, 0, 0, 0, 0, si,
	},
	idDeltaFahrenheit: {
		"Δ°F deltaF|delta_fahrenheit delta_fahrenheit",
		Temperature, 5, 0, 9, 0, 0, 0, nist,
	},

	idPercent:      {"%|percent percent pct percentage", 0, 1, -2, 0, 0, 0, 0, definition},
	idDegree:       {"° deg ˚ º|degree degrees", Angle, 1, 0, 180, 0, 1, 0, accepted},
	idArcMinute:    {"arcmin|arcminute arcminutes", Angle, 1, 0, 10800, 0, 1, 0, accepted},
	idArcSecond:    {"arcsec|arcsecond arcseconds", Angle, 1, -3, 648, 0, 1, 0, accepted},
	idTurn:         {"turn rev|turn turns revolution revolutions", Angle, 2, 0, 0, 0, 1, 0, nist},
	idMinute:       {"min mins|minute minutes", Time, 60, 0, 0, 0, 0, 0, accepted},
	idHour:         {"h hr hrs|hour hours", Time, 3600, 0, 0, 0, 0, 0, accepted},
	idClock:        {"h:min|hour:minute hours:minutes", Time, 3600, 0, 0, 0, 0, 0, accepted},
	idHundredKm:    {"(100km)|(100km) (100km)", Length, 1, 5, 0, 0, 0, 0, definition}, // l/100km
	idInch:         {"in ″ \"|inch inches", Length, 254, -4, 0, 0, 0, 0, yard},
	idFoot:         {"ft ′ '|foot feet", Length, 3048, -4, 0, 0, 0, 0, yard},
	idMile:         {"mi|mile miles", Length, 1609344, -3, 0, 0, 0, 0, yard},
	idNauticalMile: {"nmi NM|nautical_mile nautical_miles", Length, 1852, 0, 0, 0, 0, 0, nist},
	idMph:          {"mph|mile_per_hour miles_per_hour", speed, 1609344, -3, 3600, 0, 0, 0, yard},
	idKnot:         {"kn kt kts|knot knots", speed, 1852, 0, 3600, 0, 0, 0, nist},
	idRpm: {
		"rpm|revolution_per_minute revolutions_per_minute",
		rotation, 1, 0, 30, 0, 1, 0, nist,
	},
	idWattHour: {
		"Wh|watt_hour watt_hours watthour watthours",
		energy, 3600, 0, 0, 0, 0, prefixed, nist,
	},
	idAmpereHour: {"Ah|ampere_hour ampere_hours", charge, 3600, 0, 0, 0, 0, prefixed, nist},
	idBitPerSecond: {
		"bps|bit_per_second bits_per_second",
		Information - Time, 1, 0, 0, 0, 0, prefixed, iec,
	},

	// Other units of the SI, and those accepted with it
	firstOther: {"lm|lumen lumens", Luminosity + 2*Angle, 1, 0, 0, 0, 0, prefixed, si},
	{"lx|lux lux", Luminosity + 2*Angle - area, 1, 0, 0, 0, 0, prefixed, si},
	{"sr|steradian steradians", 2 * Angle, 1, 0, 0, 0, 0, prefixed, si},
	{"Bq|becquerel becquerels", frequency, 1, 0, 0, 0, 0, prefixed, si},
	{"Gy|gray grays", dose, 1, 0, 0, 0, 0, prefixed, si},
	{"Sv|sievert sieverts", dose, 1, 0, 0, 0, 0, prefixed, si},
	{"kat|katal katals", Amount - Time, 1, 0, 0, 0, 0, prefixed, si},
	{"d|day days", Time, 86400, 0, 0, 0, 0, 0, accepted},
	{"au AU|astronomical_unit astronomical_units", Length, 149597870700, 0, 0, 0, 0, 0, iau2012},
	{"ha|hectare hectares", area, 1, 4, 0, 0, 0, 0, accepted},
	{"l L ℓ|litre litres liter liters", volume, 1, -3, 0, 0, 0, prefixed, accepted},
	{"t|tonne tonnes metric_ton metric_tons", Mass, 1, 3, 0, 0, 0, 0, accepted},
	{"eV|electronvolt electronvolts", energy, 1602176634, -28, 0, 0, 0, prefixed, accepted},

	// Time
	{"week wk|week weeks", Time, 604800, 0, 0, 0, 0, 0, nist},
	{"fortnight|fortnight fortnights", Time, 1209600, 0, 0, 0, 0, 0, definition},
	{"month|month months", Time, 2629800, 0, 0, 0, 0, 0, iauYear},
	{"year yr|year years", Time, 31557600, 0, 0, 0, 0, 0, iauYear},
	{"decade|decade decades", Time, 31557600, 1, 0, 0, 0, 0, iauYear},
	{"century|century centuries", Time, 31557600, 2, 0, 0, 0, 0, iauYear},
	{"millennium|millennium millennia", Time, 31557600, 3, 0, 0, 0, 0, iauYear},

	// Length
	{"yd yds|yard yards", Length, 9144, -4, 0, 0, 0, 0, yard},
	{"mil thou|mil mils", Length, 254, -7, 0, 0, 0, 0, nist},
	{"fathom|fathom fathoms", Length, 18288, -4, 0, 0, 0, 0, nist},
	{"rod|rod rods", Length, 50292, -4, 0, 0, 0, 0, yard},
	{"chain|chain chains", Length, 201168, -4, 0, 0, 0, 0, yard},
	{"furlong|furlong furlongs", Length, 201168, -3, 0, 0, 0, 0, yard},
	{"league|league leagues", Length, 4828032, -3, 0, 0, 0, 0, yard},
	{"hand|hand hands", Length, 1016, -4, 0, 0, 0, 0, yard},
	{"Å \u212B|angstrom angstroms ångström ångströms", Length, 1, -10, 0, 0, 0, 0, nist},
	{"micron|micron microns", Length, 1, -6, 0, 0, 0, 0, nist},
	{
		"ly|light_year light_years lightyear lightyears",
		Length, 94607304725808, 2, 0, 0, 0, 0, iauYear,
	},
	{"pc|parsec parsecs", Length, 969394202136, 5, 0, 0, -1, prefixed, iau2015},

	// Area
	{"acre|acre acres", area, 40468564224, -7, 0, 0, 0, 0, yard},
	{"are|are ares", area, 1, 2, 0, 0, 0, 0, nist},
	{"barn|barn barns", area, 1, -28, 0, 0, 0, 0, nist},
	{"sqm|square_metre square_metres square_meter square_meters", area, 1, 0, 0, 0, 0, 0, si},
	{"sqft|square_foot square_feet", area, 9290304, -8, 0, 0, 0, 0, yard},

	// Volume: a pint, gallon and so on are those of the US
	{
		"gal gal_us|gallon gallons us_gallon us_gallons",
		volume, 3785411784, -12, 0, 0, 0, 0, handbook,
	},
	{"qt|quart quarts", volume, 946352946, -12, 0, 0, 0, 0, handbook},
	{"pt pint|pint pints us_pint us_pints", volume, 473176473, -12, 0, 0, 0, 0, handbook},
	{"cup|cup cups", volume, 2365882365, -13, 0, 0, 0, 0, handbook},
	{"gill|gill gills", volume, 11829411825, -14, 0, 0, 0, 0, handbook},
	{"fl_oz floz|fluid_ounce fluid_ounces", volume, 295735295625, -16, 0, 0, 0, 0, handbook},
	{"tbsp|tablespoon tablespoons", volume, 1478676478125, -17, 0, 0, 0, 0, handbook},
	{"tsp|teaspoon teaspoons", volume, 492892159375, -17, 0, 0, 0, 0, handbook},
	{"bbl|barrel barrels", volume, 158987294928, -12, 0, 0, 0, 0, handbook},
	{"bu|bushel bushels", volume, 3523907016688, -14, 0, 0, 0, 0, handbook},
	{
		"gal_uk|uk_gallon uk_gallons imperial_gallon imperial_gallons",
		volume, 454609, -8, 0, 0, 0, 0, imperial,
	},
	{"qt_uk|uk_quart uk_quarts", volume, 11365225, -10, 0, 0, 0, 0, imperial},
	{
		"pt_uk pint_uk|uk_pint uk_pints imperial_pint imperial_pints",
		volume, 56826125, -11, 0, 0, 0, 0, imperial,
	},
	{"fl_oz_uk|uk_fluid_ounce uk_fluid_ounces", volume, 284130625, -13, 0, 0, 0, 0, imperial},
	{
		"cc|cubic_centimetre cubic_centimetres cubic_centimeter cubic_centimeters",
		volume, 1, -6, 0, 0, 0, 0, nist,
	},

	// Mass: pounds and ounces are avoirdupois
	{"lb lbs|pound pounds", Mass, 45359237, -8, 0, 0, 0, 0, yard},
	{"oz|ounce ounces", Mass, 28349523125, -12, 0, 0, 0, 0, yard},
	{"st|stone stone stones", Mass, 635029318, -8, 0, 0, 0, 0, yard},
	{"gr|grain grains", Mass, 6479891, -11, 0, 0, 0, 0, yard},
	{"ozt|troy_ounce troy_ounces", Mass, 311034768, -10, 0, 0, 0, 0, nist},
	{"ct|carat carats", Mass, 2, -4, 0, 0, 0, 0, nist},
	{"ton|ton tons short_ton short_tons", Mass, 90718474, -5, 0, 0, 0, 0, nist},
	{"ton_uk|long_ton long_tons", Mass, 10160469088, -7, 0, 0, 0, 0, nist},
	{"kilo|kilo kilos", Mass, 1, 0, 0, 0, 0, 0, si},

	// Force and pressure
	{"dyn|dyne dynes", force, 1, -5, 0, 0, 0, 0, nist},
	{"kgf|kilogram_force kilograms_force", force, 980665, -5, 0, 0, 0, 0, nist},
	{"lbf|pound_force pounds_force", force, 44482216152605, -13, 0, 0, 0, 0, nist},
	{"bar|bar bars", pressure, 1, 5, 0, 0, 0, prefixed, nist},
	{"atm|atmosphere atmospheres", pressure, 101325, 0, 0, 0, 0, 0, nist},
	{
		"psi|pound_per_square_inch pounds_per_square_inch",
		pressure, 44482216152605, -5, 64516, 0, 0, 0, nist,
	},
	{
		"mmHg|millimetre_of_mercury millimetres_of_mercury millimeters_of_mercury",
		pressure, 133322387415, -9, 0, 0, 0, 0, nist,
	},
	{"inHg|inch_of_mercury inches_of_mercury", pressure, 3386388640341, -9, 0, 0, 0, 0, nist},
	{"Torr torr|torr torrs", pressure, 101325, 0, 760, 0, 0, 0, nist},

	// Energy and power: the calorie is the thermochemical one, the BTU that of the International
	// Table
	{"cal|calorie calories", energy, 4184, -3, 0, 0, 0, prefixed, nist},
	{"Cal|food_calorie food_calories", energy, 4184, 0, 0, 0, 0, 0, nist},
	{
		"BTU Btu btu|british_thermal_unit british_thermal_units",
		energy, 105505585262, -8, 0, 0, 0, 0, nist,
	},
	{"therm|therm therms", energy, 105505585262, -3, 0, 0, 0, 0, nist},
	{"erg|erg ergs", energy, 1, -7, 0, 0, 0, 0, nist},
	{
		"ft_lb ftlb ft_lbs ft_lbf|foot_pound foot_pounds",
		energy, 3389544870828501, -14, 25, 0, 0, 0, nist,
	},
	{"tTNT|ton_of_tnt tons_of_tnt", energy, 4184, 6, 0, 0, 0, 0, nist},
	{"hp|horsepower horsepower", power, 3389544870828501, -14, 0, 22, 0, 0, nist},
	{"PS|metric_horsepower metric_horsepower", power, 73549875, -5, 0, 0, 0, 0, nist},

	// Information
	{"B|byte bytes octet octets", Information, 8, 0, 0, 0, 0, prefixed, iec},
	{"Bps|byte_per_second bytes_per_second", Information - Time, 8, 0, 0, 0, 0, prefixed, iec},

	// Angle
	{"grad gon|gradian gradians", Angle, 1, 0, 200, 0, 1, 0, nist},

	// Magnetism, radiation, chemistry
	{"gauss|gauss gauss", flux - area, 1, -4, 0, 0, 0, 0, nist},
	{"Ci|curie curies", frequency, 37, 9, 0, 0, 0, 0, nist},
	{"rem|rem rems", dose, 1, -2, 0, 0, 0, 0, nist},
	{"°R degR|rankine rankine", Temperature, 5, 0, 9, 0, 0, 0, nist},

	// Number words
	{"‰ permille|permille permille", 0, 1, -3, 0, 0, 0, 0, definition},
	{"ppm|part_per_million parts_per_million", 0, 1, -6, 0, 0, 0, 0, definition},
	{"ppb|part_per_billion parts_per_billion", 0, 1, -9, 0, 0, 0, 0, definition},
	{"dozen|dozen dozens", 0, 12, 0, 0, 0, 0, count, definition},
	{"gross|gross gross", 0, 144, 0, 0, 0, 0, count, definition},
	{"hundred|hundred hundreds", 0, 1, 2, 0, 0, 0, count, definition},
	{"thousand|thousand thousands", 0, 1, 3, 0, 0, 0, count, definition},
	{"lakh|lakh lakhs", 0, 1, 5, 0, 0, 0, count, definition},
	{"crore|crore crores", 0, 1, 7, 0, 0, 0, count, definition},
	{"million mn|million millions", 0, 1, 6, 0, 0, 0, count, definition},
	{"billion bn|billion billions", 0, 1, 9, 0, 0, 0, count, definition},
	{"trillion|trillion trillions", 0, 1, 12, 0, 0, 0, count, definition},
}

// compounds are the units that stand for a product of two others. They are replaced by the product
// where one of the two appears as well, so that 60 mph * 2 h is 120 mi. A prefix applies to the
// first.
var compounds = [...]struct {
	id, first, second uint8
	power             int8 // of the second
}{
	{idMph, idMile, idHour, -1},
	{idKnot, idNauticalMile, idHour, -1},
	{idRpm, idTurn, idMinute, -1},
	{idWattHour, idWatt, idHour, 1},
	{idAmpereHour, idAmpere, idHour, 1},
	{idBitPerSecond, idBit, idSecond, -1},
}

// simple are the units that replace a product of SI units of the same dimension.
var simple = [...]uint8{
	idMetre, idGram, idSecond, idAmpere, idKelvin, idMole, idCandela, idNewton, idPascal, idJoule,
	idWatt, idCoulomb, idVolt, idFarad, idOhm, idSiemens, idWeber, idTesla, idHenry,
}
