package calc

import "strings"

// The names that people bring from other calculators, spreadsheets and languages. A name of the
// session comes first, so they count only where a name or function would be unknown.

// aliases are names with the function, constant or operator that they stand for. Names in capitals,
// such as SQRT and PI, need no entry.
const aliases = "" +
	" arcsin=asin arccos=acos arctan=atan arctan2=atan2 arcsinh=asinh arccosh=acosh " +
	"arctanh=atanh arsinh=asinh arcosh=acosh artanh=atanh ceiling=ceil fix=trunc " +
	"truncate=trunc sgn=sign signum=sign avg=mean average=mean maximum=max minimum=min " +
	"variance=var stdev=std stddev=std stdevp=stdp product=prod rand=random " +
	"randbetween=randint hcf=gcd gcf=gcd nCr=ncr nPr=npr choose=ncr comb=ncr combin=ncr " +
	"binomial=ncr perm=npr permut=npr lg=log10 lb=log2 ld=log2 loge=ln percentile=quantile " +
	"pow=^ power=^ mod=mod modulo=mod idiv=// quotient=// xor=xor factorial=! fact=! fac=! " +
	"true=1 false=0 half=.5 quarter=.25 "

// betweens are the words that stand between two operands.
const betweens = " plus=+ minus=- times=* multiplied=* divided=/ over=/ per=/ div=// modulo=mod " +
	"MOD=mod power=^ raised=^ xor=xor XOR=xor AND=and OR=or nCr=ncr nPr=npr choose=ncr x=* X=* "

// hints say what to write for words that have no counterpart. 5k stands for a k after a number.
const hints = `
cot: write 1/tan(x)
sec: write 1/cos(x)
csc cosec: write 1/sin(x)
acot: write atan(1/x)
coth: write 1/tanh(x)
sind: write sin(30°)
cosd: write cos(30°)
tand: write tan(30°)
degrees todeg rad2deg: write x in deg
radians torad: write x in rad
int rounddown: write floor(x), or trunc(x) to drop the fraction
roundup: write ceil(x)
square: write x^2, or square root of 2
cube: write x^3, or cube root of 8
sqr: write x^2, or sqrt(x) for the root
root nthroot nroot: write x^(1/n)
exp2: write 2^x
exp10 pow10: write 10^x
sumsq: write sum(x^2, x = a, b)
hex: write x in hex
bin: write x in bin
oct: write x in oct
i j: there are no complex numbers
inf infinity: every result is a finite number
nan NaN: every result is a number
let const var: leave it out: x = 5 sets a variable
def function: leave it out: f(x) = x^2 defines a function
print echo return calculate compute: leave it out: the value of the last statement is shown
len length count sort range: there are no lists
matrix det: there are no matrices
dx: write integral(x^2, x = 0, 3), or derivative(x^2, x = 3)
diff derive differentiate: write derivative(x^2, x = 3)
integrate from: write integral(x^2, x = 0, 3), or sum(i, i = 1, 10)
fsolve roots: write solve(x^2 = 2, x = 0, 2)
graph draw plot: write plot(x^2, x = -10, 10)
factor factors prime isprime: there are no functions for primes, only gcd and lcm
change: write (100 - 80)/80 in %
increase decrease: write 50 + 10%, or 50 - 10%
cent cents pence: write 0.50 EUR
tip: write 20% of 60 for the tip alone, 20% on 60 for the sum
tax vat: write 20% on 60, or 60 + 20%
discount less off: write 20% off 60
at: write * or /: 3 h * 20 EUR/h, 250 mi / 60 mph
where with: set the name first: x = 3; 2*x
dec: write x in dec
ipmt: write pmt(rate, n, pv)
irr: write solve(...) for the rate
npv: write sum(...) of the payments
what: type the expression alone, as in 10% of 50
is: write = to set a name, == to compare, 5 as % of 20 for a share
one two three four five six seven eight nine ten eleven twelve twenty: write digits
speed: the speed of light is c
gravity: the acceleration of gravity is g_0
help quit exit clear history: there is no such command
roll dice: write randint(1, 6)
third: write 1/3 of 9
not: write not x
if: write x > 0 ? 1 : 2, or if(x > 0, 1, 2)
then else: write x > 0 ? 1 : 2
for: write sum(i^2, i = 1, 10)
now today tomorrow yesterday date: there are no dates, only times such as 12:30
5k: write 5e3 or 5 thousand
5M: write 5e6 or 5 million
what: type the expression alone
`

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

// hintFor returns what to write for an unknown name, or "". Names from spreadsheets are in
// capitals.
func hintFor(name string) string {
	if lower := lowerCase(name); len(name) > 1 && name[0] != '5' && lower != name {
		return hintFor(lower)
	}
	for rest := hints[1:]; rest != ""; {
		line := rest[:strings.IndexByte(rest, '\n')]
		rest = rest[len(line)+1:]
		colon := strings.IndexByte(line, ':')
		for begin, end := 0, 0; begin < colon; begin = end + 1 {
			for end = begin; line[end] != ' ' && line[end] != ':'; {
				end++
			}
			if line[begin:end] == name {
				return line[colon+2:]
			}
		}
	}
	return ""
}

// callHint returns what to write instead of an unknown function that the program calls, or "".
func (p *Program) callHint(scope *Scope) string {
	for i := range p.code {
		if in := &p.code[i]; in.op == opCall {
			name := p.written(i)
			if _, known := scope.find(name); !known {
				if hint := hintFor(name); hint != "" {
					return hint
				}
			}
		}
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
