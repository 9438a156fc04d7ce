package units

// currencies are the codes of ISO 4217, first those that have a name in currencyNames. A currency
// has no factor: only Rates convert it.
const currencies = "" +
	"USDEURGBPJPYINRCNYCHFAUDCADNZDSEKNOKDKKPLNCZKHUFRONISKTRYBRLMXNZARKRWIDRILSMYRPHPSGD" +
	"THBHKDAEDAFNALLAMDANGAOAARSAWGAZNBAMBBDBDTBHDBIFBMDBNDBOBBSDBTNBWPBYNBZDCDFCLPCOPCRC" +
	"CUPCVEDJFDOPDZDEGPERNETBFJDFKPGELGHSGIPGMDGNFGTQGYDHNLHTGIQDIRRJMDJODKESKGSKHRKMFKPW" +
	"KWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMZNNADNGNNIONPROMRPABPEN" +
	"PGKPKRPYGQARRSDRUBRWFSARSBDSCRSDGSHPSLESOSSRDSSPSTNSVCSYPSZLTJSTMTTNDTOPTTDTWDTZSUAH" +
	"UGXUYUUZSVESVNDVUVWSTXAFXCDXOFXPFYERZMWZWG"

// currencyNames are the singular and the plural of the first currencies, separated by a bar. The
// plural of a name with a + has an s, that of a single name is the same.
var currencyNames = [...]string{
	"US dollar+", "euro+", "pound sterling|pounds sterling", "yen",
	"Indian rupee+", "yuan", "Swiss franc+",
	"Australian dollar+", "Canadian dollar+",
	"New Zealand dollar+", "Swedish krona|Swedish kronor",
	"Norwegian krone|Norwegian kroner", "Danish krone|Danish kroner", "zloty+",
	"Czech koruna+", "forint+", "Romanian leu|Romanian lei",
	"Icelandic krona|Icelandic kronur", "Turkish lira+",
	"Brazilian real|Brazilian reais", "Mexican peso+", "rand", "won",
	"rupiah", "shekel+", "ringgit", "Philippine peso+",
	"Singapore dollar+", "baht", "Hong Kong dollar+",
}

// otherNames are signs and words for currencies and abbreviations, each followed by what it stands
// for.
const otherNames = "$ USD,US$ USD,dollar USD,dollars USD,€ EUR,£ GBP," +
	"¥ JPY,₹ INR,rupee INR,rupees INR,₩ KRW," +
	"₺ TRY,₽ RUB,₪ ILS,฿ THB,₱ PHP,₫ VND,₴ UAH,₦ NGN," +
	"british_pound GBP,british_pounds GBP,american_dollars USD,japanese_yen JPY," +
	"bucks USD,quid GBP," +
	"kph km/h,kmh km/h,kmph km/h,kwh kWh,KWH kWh,mcg µg,mps m/s,Nm N m,mpg mi/gal,fps ft/s," +
	"mbps Mbps,gbps Gbps,"

// firstCurrency is the number of the first currency; the units of the table have lower ones.
const (
	firstCurrency = 256
	idEuro        = firstCurrency + 1
)

// codeOf returns the code of a currency.
func codeOf(id int) string {
	begin := 3 * (id - firstCurrency)
	return currencies[begin : begin+3]
}

// findCurrency finds a currency by its code. A currency with a name is also found by that name,
// with _ between the words, and by its code in lower case.
func findCurrency(name string) (id int, ok bool) {
	if len(name) == 3 {
		limit, small := len(currencies), name[0] >= 'a'
		if small {
			limit = 3 * len(currencyNames)
		}
		for i := 0; i < limit; i += 3 {
			code := currencies[i : i+3]
			if code == name || small && code != "TRY" && sameLetters(code, name) {
				return firstCurrency + i/3, true
			}
		}
	}
	for i := range currencyNames {
		singular, plural, regular := splitNames(currencyNames[i])
		if sameWords(singular, name) || sameWords(plural, name) || regular &&
			name[len(name)-1] == 's' && sameWords(singular, name[:len(name)-1]) {
			return firstCurrency + i, true
		}
	}
	return 0, false
}

// splitNames returns the names of a currency. Regular means that the plural is the singular with an
// s.
func splitNames(names string) (singular, plural string, regular bool) {
	for end := range names {
		switch names[end] {
		case '|':
			return names[:end], names[end+1:], false
		case '+':
			return names[:end], names[:end], true
		}
	}
	return names, names, false
}

// findOther finds a currency by its sign or a word, and an abbreviation.
func findOther(name string) (Unit, bool) {
	begin := 0
	for i := range otherNames {
		if otherNames[i] != ',' {
			continue
		}
		other := otherNames[begin:i]
		if startsWith(other, name) && other[len(name)] == ' ' {
			return Parse(other[len(name)+1:])
		}
		begin = i + 1
	}
	return Unit{}, false
}

// sameLetters reports whether name is the code in lower case.
func sameLetters(code, name string) bool {
	for i := range name {
		if name[i]-0x20 != code[i] {
			return false
		}
	}
	return true
}

// sameWords reports whether name is the name of a currency in lower case.
func sameWords(words, name string) bool {
	if len(words) != len(name) {
		return false
	}
	for i := range name {
		if c := words[i]; c|0x20 != name[i] && !(c == ' ' && name[i] == '_') {
			return false
		}
	}
	return true
}

// Rates returns what one euro is worth in a currency, or 0 for a currency without a rate.
type Rates func(code string) float64
