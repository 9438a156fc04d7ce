package calc

// These are names that people know from other calculators, spreadsheets and languages. They apply
// only where a name would otherwise be unknown, so names of the session come first.

// aliases are names with the function, constant or operator that they stand for. Names in capitals,
// such as SQRT and PI, need no entry.
const aliases = "" +
	" arcsin=asin arccos=acos arctan=atan arctan2=atan2 arcsinh=asinh arccosh=acosh " +
	"arctanh=atanh arsinh=asinh arcosh=acosh artanh=atanh ceiling=ceil fix=trunc " +
	"truncate=trunc sgn=sign signum=sign avg=mean average=mean maximum=max minimum=min " +
	"sine=sin cosine=cos tangent=tan largest=max smallest=min " +
	"variance=var stdev=std stddev=std stdevp=stdp product=prod rand=random " +
	"randbetween=randint hcf=gcd gcf=gcd nCr=ncr nPr=npr choose=ncr comb=ncr combin=ncr " +
	"binomial=ncr perm=npr permut=npr lg=log10 lb=log2 ld=log2 loge=ln percentile=quantile " +
	"pow=^ power=^ mod=mod modulo=mod idiv=// quotient=// xor=xor factorial=! fact=! fac=! " +
	"true=1 false=0 half=.5 quarter=.25 "

// betweens are the words that stand between two operands.
const betweens = " plus=+ minus=- times=* multiplied=* divided=/ over=/ per=/ div=// modulo=mod " +
	"MOD=mod power=^ raised=^ xor=xor XOR=xor AND=and OR=or nCr=ncr nPr=npr choose=ncr x=* X=* " +
	"less=- increased=+ decreased=- reduced=- discounted=- split=/ "

// meaning returns the name of the language that another name stands for, or "".
func meaning(name string) string {
	if means := valueOf(aliases, name); means != "" {
		return means
	}
	lower := lowerCase(name)
	if lower == name || len(name) < 2 {
		return ""
	}
	if builtinID(lower) != noBuiltin {
		return lower
	}
	return valueOf(aliases, lower)
}

// valueOf returns the value of a name in a list of name=value, each between spaces, or "".
func valueOf(list, name string) string {
	for i := 0; i+len(name)+2 < len(list); i++ {
		begin := i + 1 + len(name)
		if list[i] != ' ' || list[begin] != '=' || list[i+1:begin] != name {
			continue
		}
		end := begin
		for list[end] != ' ' {
			end++
		}
		return list[begin+1 : end]
	}
	return ""
}

// lowerCase returns a name with the letters A to Z in lower case.
func lowerCase(name string) string {
	lower := []byte(name)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] += 'a' - 'A'
		}
	}
	return string(lower)
}
