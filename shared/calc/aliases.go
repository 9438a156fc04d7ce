package calc

// These are names that people know from other calculators, spreadsheets and languages. They apply
// only where a name would otherwise be unknown, so names of the session come first.

// aliases are names with the function, constant or operator that they stand for. Names in capitals,
// such as SQRT and PI, need no entry.
const aliases = "" +
	" arcsin=asin arccos=acos arctan=atan arctan2=atan2 arcsinh=asinh arccosh=acosh " +
	"arctanh=atanh arsinh=asinh arcosh=acosh artanh=atanh ceiling=ceil fix=trunc " +
	"truncate=trunc sgn=sign signum=sign avg=mean average=mean maximum=max minimum=min " +
	"squareroot=sqrt logarithm=log sine=sin cosine=cos tangent=tan largest=max smallest=min " +
	"variance=var stdev=std stddev=std stdevp=stdp product=prod rand=random " +
	"randbetween=randint hcf=gcd gcf=gcd nCr=ncr nPr=npr choose=ncr comb=ncr combin=ncr " +
	"binomial=ncr C=ncr P=npr perm=npr permut=npr lg=log10 lb=log2 ld=log2 loge=ln " +
	"percentile=quantile pow=^ power=^ mod=mod modulo=mod idiv=// quotient=// xor=xor " +
	"factorial=! fact=! fac=! true=1 false=0 half=.5 quarter=.25 "

// betweens are the words that stand between two operands.
const betweens = " plus=+ minus=- times=* multiplied=* divided=/ over=/ per=/ div=// modulo=mod " +
	"MOD=mod power=^ raised=^ xor=xor XOR=xor AND=and OR=or nCr=ncr nPr=npr choose=ncr x=* X=* " +
	"by=* less=- increased=+ decreased=- reduced=- discounted=- split=/ "

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

// meantNumber replaces the load of a name that is a number elsewhere: true, PI, half. In 80x40 the
// name x40 means times 40, as does x10 in 6.02x10^23, and in 10k the name k means 1000. It reports
// whether it did.
func (e *execution) meantNumber(in *instruction, name string) bool {
	switch means := meaning(name); {
	case means != "" && (isDigit(means[0]) || means[0] == '.'):
		number := scanner{source: means}
		number.next()
		in.op, in.id, in.value = opNumber, noBuiltin, number.number
		return true
	case means != "" && builtinID(means) != noBuiltin && builtins[builtinID(means)].constant():
		in.op, in.id = opNumber, builtinID(means)
		in.value = builtins[in.id].value
		return true
	}
	value, isTimes := timesNumber(name)
	product := &e.code[e.next]
	if name != "k" {
		product = &e.code[e.afterExponent()] // 6.02x10^23
	}
	switch {
	case product.op != opMultiply || product.id != 1 || e.next < 2:
		return false
	case !isTimes || e.code[e.next-2].op != opNumber:
		return false
	}
	product.id = 0
	in.op, in.id, in.value = opNumber, noBuiltin, value
	return true
}

// timesName reports whether a product is a number and an unknown name like x40. It is printed as it
// is written, 80x40, so that it is read in the same way again.
func (w *printer) timesName(root, first, second int) bool {
	p := w.program
	if p.code[second].op == opPower && w.start(second-1)-1 == w.start(second) { // 6.02x10^23
		second = w.start(second)
	}
	product, number, name := &p.code[root], &p.code[first], &p.code[second]
	if product.op != opMultiply || product.id != 1 || number.op != opNumber ||
		name.op != opVariable || number.id != noBuiltin {
		return false
	}
	text := p.written(second)
	if text == "k" && product.length > 0 { // written k, not *k
		return false
	}
	if p.scope != nil {
		if _, known := p.scope.find(text); known {
			return false
		}
	}
	_, isTimes := timesNumber(text)
	return isTimes
}

// timesNumber returns the number in a name such as x40, or the value of the k in 10k.
func timesNumber(name string) (value float64, ok bool) {
	if name == "k" {
		return 1000, true
	}
	if len(name) < 2 || len(name) > 16 || name[0]|0x20 != 'x' {
		return 0, false
	}
	for _, c := range []byte(name[1:]) {
		if !isDigit(c) {
			return 0, false
		}
		value = value*10 + float64(c-'0')
	}
	return value, true
}

// meantCall returns what the call of an unknown name stands for elsewhere: an operator with its
// number of operands, or a function. op is opReturn if there is no operator, and id is noBuiltin if
// there is no function.
func meantCall(name string) (op opcode, operands int, id uint8) {
	means := name
	if builtinID(name) == noBuiltin {
		means = meaning(name)
	}
	switch means {
	case "":
		return opReturn, 0, noBuiltin
	case "^":
		return opPower, 2, noBuiltin
	case "mod":
		return opModulo, 2, noBuiltin
	case "//":
		return opFloorDivide, 2, noBuiltin
	case "xor":
		return opBitXor, 2, noBuiltin
	case "!":
		return opFactorial, 1, noBuiltin
	}
	if id = builtinID(means); builtins[id].constant() {
		id = noBuiltin
	}
	return opReturn, 0, id
}

// meantCost returns the steps of such a call beyond those of a definition.
func meantCost(name string) int {
	op, _, id := meantCall(name)
	cost := int(builtins[id].cost)
	if op != opReturn && int(op) < len(costs) {
		cost = int(costs[op])
	}
	return cost
}

// become makes the call of an unknown function the operator or function of the language that its
// name stands for elsewhere. It returns false if there is none.
func (in *instruction) become(name string) (ok bool, problem *Error) {
	arguments := int(in.id)
	op, operands, id := meantCall(name)
	switch {
	case op != opReturn && arguments != operands:
		return true, fault(CodeArguments, argumentsMessage(name, operands, operands, arguments), "")
	case op != opReturn:
		in.op, in.id, in.index = op, 0, 0
		return true, nil
	case id == noBuiltin:
		return false, nil
	}
	return true, in.becomeFunction(id)
}
