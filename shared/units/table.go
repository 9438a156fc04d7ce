package units

// entry is a unit of the table. In coherent SI units (bits for information, radians for angles) its
// factor is
//
//	number * by / over * 10^ten * π^pi
//
// and every factor that is exact by definition is exact here.
type entry struct {
	names     string // symbols, the one shown first, then after "|" names: see nextName
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
	idMetre:   {"m|metre+ meter+", Length, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idGram:    {"g|gram+ gramme+", Mass, 1, -3, 0, 0, 0, prefixed | decimal, si},
	idSecond:  {"s sec secs|second+", Time, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idAmpere:  {"A|ampere+ amp+", Current, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idKelvin:  {"K °K|kelvin+", Temperature, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idMole:    {"mol|mole+", Amount, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idCandela: {"cd|candela+", Luminosity, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idBit:     {"bit b|bit+", Information, 1, 0, 0, 0, 0, prefixed, iec},
	idRadian:  {"rad|radian+", Angle, 1, 0, 0, 0, 0, prefixed, si},
	idNewton:  {"N|newton+", force, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idPascal:  {"Pa|pascal+", pressure, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idJoule:   {"J|joule+", energy, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idWatt:    {"W|watt+", power, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idCoulomb: {"C|coulomb+", charge, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idVolt:    {"V|volt+", voltage, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idFarad:   {"F|farad+", capacitance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idOhm:     {"Ω \u2126 ohm|ohm+", resistance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idSiemens: {"S|siemens", -resistance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idWeber:   {"Wb|weber+", flux, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idTesla:   {"T|tesla+", flux - area, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idHenry:   {"H|henry+ henries", inductance, 1, 0, 0, 0, 0, prefixed | decimal, si},
	idHertz:   {"Hz|hertz", frequency, 1, 0, 0, 0, 0, prefixed | decimal, si},

	idCelsius: {
		"°C degC ℃ ˚C ºC|celsius celsius degree_celsius degrees_celsius degrees_c deg_c centigrade",
		Temperature, 1, 0, 0, 0, 0, point, si,
	},
	idFahrenheit: {
		"°F degF ℉ ˚F ºF|fahrenheit fahrenheit degree_fahrenheit degrees_fahrenheit " +
			"degrees_f deg_f",
		Temperature, 5, 0, 9, 0, 0, point, nist,
	},
	idDeltaCelsius: {
		"Δ°C deltaC|delta_celsius",
		Temperature, 1, 0, 0, 0, 0, 0, si,
	},
	idDeltaFahrenheit: {
		"Δ°F deltaF|delta_fahrenheit",
		Temperature, 5, 0, 9, 0, 0, 0, nist,
	},

	idPercent:      {"%|percent percent pct percentage", 0, 1, -2, 0, 0, 0, 0, definition},
	idDegree:       {"° deg ˚ º|degree+", Angle, 1, 0, 180, 0, 1, 0, accepted},
	idArcMinute:    {"arcmin|arcminute+", Angle, 1, 0, 10800, 0, 1, 0, accepted},
	idArcSecond:    {"arcsec|arcsecond+", Angle, 1, -3, 648, 0, 1, 0, accepted},
	idTurn:         {"turn rev|turn+ revolution+", Angle, 2, 0, 0, 0, 1, 0, nist},
	idMinute:       {"min mins|minute+", Time, 60, 0, 0, 0, 0, 0, accepted},
	idHour:         {"h hr hrs|hour+", Time, 3600, 0, 0, 0, 0, 0, accepted},
	idClock:        {"h:min|hour:minute hours:minutes", Time, 3600, 0, 0, 0, 0, 0, accepted},
	idHundredKm:    {"(100km)|(100km)", Length, 1, 5, 0, 0, 0, 0, definition}, // l/100km
	idInch:         {"in ″ \"|inch inches", Length, 254, -4, 0, 0, 0, 0, yard},
	idFoot:         {"ft ′ '|foot feet", Length, 3048, -4, 0, 0, 0, 0, yard},
	idMile:         {"mi|mile+", Length, 1609344, -3, 0, 0, 0, 0, yard},
	idNauticalMile: {"nmi NM|nautical_mile+", Length, 1852, 0, 0, 0, 0, 0, nist},
	idMph:          {"mph|mile_per_hour miles_per_hour", speed, 1609344, -3, 3600, 0, 0, 0, yard},
	idKnot:         {"kn kt kts|knot+", speed, 1852, 0, 3600, 0, 0, 0, nist},
	idRpm: {
		"rpm|revolution_per_minute revolutions_per_minute",
		rotation, 1, 0, 30, 0, 1, 0, nist,
	},
	idWattHour: {
		"Wh|watt_hour+ watthour+",
		energy, 3600, 0, 0, 0, 0, prefixed, nist,
	},
	idAmpereHour: {"Ah|ampere_hour+", charge, 3600, 0, 0, 0, 0, prefixed, nist},
	idBitPerSecond: {
		"bps|bit_per_second bits_per_second",
		Information - Time, 1, 0, 0, 0, 0, prefixed, iec,
	},

	// Other units of the SI, and those accepted with it
	firstOther: {"lm|lumen+", Luminosity + 2*Angle, 1, 0, 0, 0, 0, prefixed, si},
	{"lx|lux", Luminosity + 2*Angle - area, 1, 0, 0, 0, 0, prefixed, si},
	{"sr|steradian+", 2 * Angle, 1, 0, 0, 0, 0, prefixed, si},
	{"Bq|becquerel+", frequency, 1, 0, 0, 0, 0, prefixed, si},
	{"Gy|gray+", dose, 1, 0, 0, 0, 0, prefixed, si},
	{"Sv|sievert+", dose, 1, 0, 0, 0, 0, prefixed, si},
	{"kat|katal+", Amount - Time, 1, 0, 0, 0, 0, prefixed, si},
	{"d|day+", Time, 86400, 0, 0, 0, 0, 0, accepted},
	{"au AU|astronomical_unit+", Length, 149597870700, 0, 0, 0, 0, 0, iau2012},
	{"ha|hectare+", area, 1, 4, 0, 0, 0, 0, accepted},
	{"l L ℓ|litre+ liter+", volume, 1, -3, 0, 0, 0, prefixed, accepted},
	{"t|tonne+ metric_ton+", Mass, 1, 3, 0, 0, 0, 0, accepted},
	{"eV|electronvolt+", energy, 1602176634, -28, 0, 0, 0, prefixed, accepted},

	// Time
	{"week wk|week+", Time, 604800, 0, 0, 0, 0, 0, nist},
	{"fortnight|fortnight+", Time, 1209600, 0, 0, 0, 0, 0, definition},
	{"month|month+", Time, 2629800, 0, 0, 0, 0, 0, iauYear},
	{"year yr|year+", Time, 31557600, 0, 0, 0, 0, 0, iauYear},
	{"decade|decade+", Time, 31557600, 1, 0, 0, 0, 0, iauYear},
	{"century|century centuries", Time, 31557600, 2, 0, 0, 0, 0, iauYear},
	{"millennium|millennium millennia", Time, 31557600, 3, 0, 0, 0, 0, iauYear},

	// Length
	{"yd yds|yard+", Length, 9144, -4, 0, 0, 0, 0, yard},
	{"mil thou|mil+", Length, 254, -7, 0, 0, 0, 0, nist},
	{"fathom|fathom+", Length, 18288, -4, 0, 0, 0, 0, nist},
	{"rod|rod+", Length, 50292, -4, 0, 0, 0, 0, yard},
	{"chain|chain+", Length, 201168, -4, 0, 0, 0, 0, yard},
	{"furlong|furlong+", Length, 201168, -3, 0, 0, 0, 0, yard},
	{"league|league+", Length, 4828032, -3, 0, 0, 0, 0, yard},
	{"hand|hand+", Length, 1016, -4, 0, 0, 0, 0, yard},
	{"Å \u212B|angstrom+ ångström+", Length, 1, -10, 0, 0, 0, 0, nist},
	{"micron|micron+", Length, 1, -6, 0, 0, 0, 0, nist},
	{
		"ly|light_year+ lightyear+",
		Length, 94607304725808, 2, 0, 0, 0, 0, iauYear,
	},
	{"pc|parsec+", Length, 969394202136, 5, 0, 0, -1, prefixed, iau2015},

	// Area
	{"acre|acre+", area, 40468564224, -7, 0, 0, 0, 0, yard},
	{"are|are+", area, 1, 2, 0, 0, 0, 0, nist},
	{"barn|barn+", area, 1, -28, 0, 0, 0, 0, nist},
	{"sqm|square_metre+ square_meter+", area, 1, 0, 0, 0, 0, 0, si},
	{"sqft|square_foot square_feet", area, 9290304, -8, 0, 0, 0, 0, yard},

	// Volume: a pint, gallon and so on are those of the US
	{
		"gal gal_us|gallon+ us_gallon+",
		volume, 3785411784, -12, 0, 0, 0, 0, handbook,
	},
	{"qt|quart+", volume, 946352946, -12, 0, 0, 0, 0, handbook},
	{"pt pint|pint+ us_pint+", volume, 473176473, -12, 0, 0, 0, 0, handbook},
	{"cup|cup+", volume, 2365882365, -13, 0, 0, 0, 0, handbook},
	{"gill|gill+", volume, 11829411825, -14, 0, 0, 0, 0, handbook},
	{"fl_oz floz|fluid_ounce+", volume, 295735295625, -16, 0, 0, 0, 0, handbook},
	{"tbsp|tablespoon+", volume, 1478676478125, -17, 0, 0, 0, 0, handbook},
	{"tsp|teaspoon+", volume, 492892159375, -17, 0, 0, 0, 0, handbook},
	{"bbl|barrel+", volume, 158987294928, -12, 0, 0, 0, 0, handbook},
	{"bu|bushel+", volume, 3523907016688, -14, 0, 0, 0, 0, handbook},
	{
		"gal_uk|uk_gallon+ imperial_gallon+",
		volume, 454609, -8, 0, 0, 0, 0, imperial,
	},
	{"qt_uk|uk_quart+", volume, 11365225, -10, 0, 0, 0, 0, imperial},
	{
		"pt_uk pint_uk|uk_pint+ imperial_pint+",
		volume, 56826125, -11, 0, 0, 0, 0, imperial,
	},
	{"fl_oz_uk|uk_fluid_ounce+", volume, 284130625, -13, 0, 0, 0, 0, imperial},
	{
		"cc|cubic_centimetre+ cubic_centimeter+",
		volume, 1, -6, 0, 0, 0, 0, nist,
	},

	// Mass: pounds and ounces are avoirdupois
	{"lb lbs|pound+", Mass, 45359237, -8, 0, 0, 0, 0, yard},
	{"oz|ounce+", Mass, 28349523125, -12, 0, 0, 0, 0, yard},
	{"st|stone stone stones", Mass, 635029318, -8, 0, 0, 0, 0, yard},
	{"gr|grain+", Mass, 6479891, -11, 0, 0, 0, 0, yard},
	{"ozt|troy_ounce+ troy_oz", Mass, 311034768, -10, 0, 0, 0, 0, nist},
	{"ct|carat+", Mass, 2, -4, 0, 0, 0, 0, nist},
	{"ton|ton+ short_ton+", Mass, 90718474, -5, 0, 0, 0, 0, nist},
	{"ton_uk|long_ton+", Mass, 10160469088, -7, 0, 0, 0, 0, nist},
	{"kilo|kilo+", Mass, 1, 0, 0, 0, 0, 0, si},

	// Force and pressure
	{"dyn|dyne+", force, 1, -5, 0, 0, 0, 0, nist},
	{"kgf|kilogram_force kilograms_force", force, 980665, -5, 0, 0, 0, 0, nist},
	{"lbf|pound_force pounds_force", force, 44482216152605, -13, 0, 0, 0, 0, nist},
	{"bar|bar+", pressure, 1, 5, 0, 0, 0, prefixed, nist},
	{"atm|atmosphere+", pressure, 101325, 0, 0, 0, 0, 0, nist},
	{
		"psi|pound_per_square_inch pounds_per_square_inch",
		pressure, 44482216152605, -5, 64516, 0, 0, 0, nist,
	},
	{
		"mmHg|millimetre_of_mercury millimetres_of_mercury millimeters_of_mercury",
		pressure, 133322387415, -9, 0, 0, 0, 0, nist,
	},
	{"inHg|inch_of_mercury inches_of_mercury", pressure, 3386388640341, -9, 0, 0, 0, 0, nist},
	{"Torr torr|torr+", pressure, 101325, 0, 760, 0, 0, 0, nist},

	// Energy and power: the calorie is the thermochemical one, the BTU that of the International
	// Table
	{"cal|calorie+", energy, 4184, -3, 0, 0, 0, prefixed, nist},
	{"Cal|food_calorie+", energy, 4184, 0, 0, 0, 0, 0, nist},
	{
		"BTU Btu btu|british_thermal_unit+",
		energy, 105505585262, -8, 0, 0, 0, 0, nist,
	},
	{"therm|therm+", energy, 105505585262, -3, 0, 0, 0, 0, nist},
	{"erg|erg+", energy, 1, -7, 0, 0, 0, 0, nist},
	{
		"ft_lb ftlb ft_lbs ft_lbf|foot_pound+",
		energy, 3389544870828501, -14, 25, 0, 0, 0, nist,
	},
	{"tTNT|ton_of_tnt tons_of_tnt", energy, 4184, 6, 0, 0, 0, 0, nist},
	{"hp|horsepower", power, 3389544870828501, -14, 0, 22, 0, 0, nist},
	{"PS|metric_horsepower", power, 73549875, -5, 0, 0, 0, 0, nist},

	// Information
	{"B|byte+ octet+", Information, 8, 0, 0, 0, 0, prefixed, iec},
	{"Bps|byte_per_second bytes_per_second", Information - Time, 8, 0, 0, 0, 0, prefixed, iec},

	// Angle
	{"grad gon|gradian+", Angle, 1, 0, 200, 0, 1, 0, nist},

	// Magnetism, radiation, chemistry
	{"gauss|gauss", flux - area, 1, -4, 0, 0, 0, 0, nist},
	{"Ci|curie+", frequency, 37, 9, 0, 0, 0, 0, nist},
	{"rem|rem+", dose, 1, -2, 0, 0, 0, 0, nist},
	{"°R degR|rankine", Temperature, 5, 0, 9, 0, 0, 0, nist},

	// Number words
	{"‰ permille|permille", 0, 1, -3, 0, 0, 0, 0, definition},
	{"ppm|part_per_million parts_per_million", 0, 1, -6, 0, 0, 0, 0, definition},
	{"ppb|part_per_billion parts_per_billion", 0, 1, -9, 0, 0, 0, 0, definition},
	{"dozen|dozen+", 0, 12, 0, 0, 0, 0, count, definition},
	{"gross|gross", 0, 144, 0, 0, 0, 0, count, definition},
	{"hundred|hundred+", 0, 1, 2, 0, 0, 0, count, definition},
	{"thousand|thousand+", 0, 1, 3, 0, 0, 0, count, definition},
	{"lakh|lakh+", 0, 1, 5, 0, 0, 0, count, definition},
	{"crore|crore+", 0, 1, 7, 0, 0, 0, count, definition},
	{"million mn|million+ mio", 0, 1, 6, 0, 0, 0, count, definition},
	{"billion bn|billion+ mrd", 0, 1, 9, 0, 0, 0, count, definition},
	{"trillion|trillion+", 0, 1, 12, 0, 0, 0, count, definition},
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
