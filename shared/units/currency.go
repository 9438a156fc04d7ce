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

// currencyNames are the singular and the plural of the first currencies.
var currencyNames = [...]string{
	"US dollar|US dollars", "euro|euros", "pound sterling|pounds sterling", "yen|yen",
	"Indian rupee|Indian rupees", "yuan|yuan", "Swiss franc|Swiss francs",
	"Australian dollar|Australian dollars", "Canadian dollar|Canadian dollars",
	"New Zealand dollar|New Zealand dollars", "Swedish krona|Swedish kronor",
	"Norwegian krone|Norwegian kroner", "Danish krone|Danish kroner", "zloty|zlotys",
	"Czech koruna|Czech korunas", "forint|forints", "Romanian leu|Romanian lei",
	"Icelandic krona|Icelandic kronur", "Turkish lira|Turkish liras",
	"Brazilian real|Brazilian reais", "Mexican peso|Mexican pesos", "rand|rand", "won|won",
	"rupiah|rupiah", "shekel|shekels", "ringgit|ringgit", "Philippine peso|Philippine pesos",
	"Singapore dollar|Singapore dollars", "baht|baht", "Hong Kong dollar|Hong Kong dollars",
}

// currencySigns are the signs and words for currencies, each followed by a code.
const currencySigns = "$ USD,US$ USD,dollar USD,dollars USD,€ EUR,euro EUR,euros EUR,£ GBP," +
	"¥ JPY,yen JPY,₹ INR,rupee INR,rupees INR,yuan CNY,₩ KRW," +
	"₺ TRY,₽ RUB,₪ ILS,฿ THB,₱ PHP,₫ VND,₴ UAH,₦ NGN," +
	"british_pound GBP,british_pounds GBP,american_dollars USD,japanese_yen JPY," +
	"bucks USD,quid GBP,"

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

// findCurrency finds a currency by its code or its sign. A currency with a name is also found by
// that name, with _ between the words, and by its code in lower case.
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
		names := currencyNames[i]
		bar := 0
		for names[bar] != '|' {
			bar++
		}
		if sameWords(names[:bar], name) || sameWords(names[bar+1:], name) {
			return firstCurrency + i, true
		}
	}
	begin := 0
	for i := 0; i < len(currencySigns); i++ {
		if currencySigns[i] == ',' {
			if currencySigns[begin:i-4] == name {
				return findCurrency(currencySigns[i-3 : i])
			}
			begin = i + 1
		}
	}
	return 0, false
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
