package units

// currencies are the codes of ISO 4217, those with a name in currencyNames first. A currency has no
// factor: it is converted by Rates alone.
const currencies = "" +
	"USDEURGBPJPYINRCNYCHFAUDCADNZDSEKNOKDKKPLNCZKHUFRONISKTRYBRLMXNZARKRWIDRILSMYRPHPSGD" +
	"THBHKDAEDAFNALLAMDANGAOAARSAWGAZNBAMBBDBDTBHDBIFBMDBNDBOBBSDBTNBWPBYNBZDCDFCLPCOPCRC" +
	"CUPCVEDJFDOPDZDEGPERNETBFJDFKPGELGHSGIPGMDGNFGTQGYDHNLHTGIQDIRRJMDJODKESKGSKHRKMFKPW" +
	"KWDKYDKZTLAKLBPLKRLRDLSLLYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMZNNADNGNNIONPROMRPABPEN" +
	"PGKPKRPYGQARRSDRUBRWFSARSBDSCRSDGSHPSLESOSSRDSSPSTNSVCSYPSZLTJSTMTTNDTOPTTDTWDTZSUAH" +
	"UGXUYUUZSVESVNDVUVWSTXAFXCDXOFXPFYERZMWZWG"

// currencyNames are singular and plural of the first currencies.
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

// currencySigns are the signs and the words of currencies, each followed by its code.
const currencySigns = "$ USD,US$ USD,dollar USD,dollars USD,€ EUR,euro EUR,euros EUR,£ GBP," +
	"¥ JPY,yen JPY,₹ INR,rupee INR,rupees INR,yuan CNY,₩ KRW," +
	"₺ TRY,₽ RUB,₪ ILS,฿ THB,₱ PHP,₫ VND,₴ UAH,₦ NGN," +
	"british_pound GBP,british_pounds GBP,american_dollars USD,japanese_yen JPY,"

// firstCurrency is the number of the first currency: the table has fewer units.
const (
	firstCurrency = 256
	idEuro        = firstCurrency + 1
)

// codeOf is the code of a currency.
func codeOf(id int) string {
	begin := 3 * (id - firstCurrency)
	return currencies[begin : begin+3]
}

// findCurrency finds a currency by its code, or, if it is one with a name, by the code in small
// letters or the name, whose words are joined by _; or by its sign.
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

// sameLetters reports whether name is the code in small letters.
func sameLetters(code, name string) bool {
	for i := range name {
		if name[i]-0x20 != code[i] {
			return false
		}
	}
	return true
}

// sameWords reports whether name is a name of a currency in small letters.
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

// Rates gives what one euro is worth in a currency, and 0 for a currency without a rate.
type Rates func(code string) float64
