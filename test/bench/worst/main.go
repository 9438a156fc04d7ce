// Command worst searches for the sources that take longest to evaluate. Like a fuzzer, it mutates
// the best candidates so far: those that took longest.
//
//	go run ./test/bench/worst -time 60s
//
// It prints what it found, slowest first, each with the shortest time of five evaluations.
// Components take two to three times as long (test/abuse).
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"abacus/shared/calc"
)

const (
	population = 60
	shown      = 10
)

func main() {
	duration := flag.Duration("time", time.Minute, "how long to search")
	seed := flag.Uint64("seed", 1, "the seed of the random numbers")
	flag.Parse()
	s := search{random: rand.New(rand.NewPCG(*seed, 0))}
	s.begin()
	for end := time.Now().Add(*duration); time.Now().Before(end); {
		s.try(s.mutate(s.best[s.random.IntN(len(s.best))].source))
	}
	for i := range s.best {
		s.best[i].time = measure(s.best[i].source, 5)
	}
	slices.SortFunc(s.best, slowest)
	fmt.Printf("%d sources, seed %d\n", s.tried, *seed)
	for _, found := range s.best[:shown] {
		fmt.Printf("%8.1f ms  %6d bytes  %.100q\n", found.time.Seconds()*1000, len(found.source),
			found.source)
	}
}

// search holds the slowest sources so far.
type search struct {
	random *rand.Rand
	best   []candidate
	tried  int
}

type candidate struct {
	source string
	time   time.Duration
}

func slowest(x, y candidate) int { return int(y.time - x.time) }

// begin tries each function in a long sum, with numbers of many sizes.
func (s *search) begin() {
	for _, f := range calc.Functions() {
		if f.Kind != "function" || f.Name == "plot" {
			continue
		}
		for _, arguments := range argumentLists {
			s.try("sum(" + f.Name + "(" + arguments + "), i = 1, 1e6)")
		}
	}
	for _, text := range []string{"5e-324+", "1.7976931348623157e308-", "f(x)=x;", "x=5;", "1 km+",
		"sin(1)+", "(1)+", "1?1:", "-1^-", "$1.10+"} {
		s.try(strings.Repeat(text, 16000/len(text)) + "1")
	}
}

// try measures a source and keeps it if it is among the slowest.
func (s *search) try(source string) {
	if len(source) > calc.MaxSource {
		return
	}
	s.tried++
	found := candidate{source, measure(source, 1)}
	if len(s.best) == population {
		least := s.best[population-1]
		if found.time <= least.time {
			return
		}
		// Other work on the machine may make a source look slow once, but hardly three times.
		if found.time = measure(source, 3); found.time <= least.time {
			return
		}
	}
	alike := slices.IndexFunc(s.best, func(c candidate) bool { return c.source == source })
	if alike >= 0 {
		return
	}
	s.best = append(s.best, found)
	slices.SortStableFunc(s.best, slowest)
	s.best = s.best[:min(len(s.best), population)]
}

// measure returns the shortest time of a number of evaluations.
func measure(source string, times int) time.Duration {
	best := time.Hour
	var calculator calc.Calculator
	for range times {
		var scope calc.Scope
		scope.Random = rand.Float64
		start := time.Now()
		program, _, _ := calculator.Eval(source, &scope)
		if program != nil {
			program.Parsed()
		}
		best = min(best, time.Since(start))
	}
	return best
}

// tokens are what a mutation can insert.
var tokens = strings.Fields("+ - * / ^ mod // ! % ( ) , ; < == and or not ? : = i x 0 1 2 3 7 " +
	"0.1 100 1000 1e6 1e-320 5e-324 1e308 1e300 9007199254740991 1/3 pi e km m s kg °C USD " +
	"in to fraction hex ans")

// argumentLists are the arguments with which every function is tried.
var argumentLists = []string{"i", "i, 3", "i, 3, 7", "i/7, 1e300", "1e-320*i, 322",
	"2^53 - i, 2^52 + i", "1000, 500", "x^2 - i, x = 0, 1000", "x, x = 1, i"}

// mutate returns a source with a random change.
func (s *search) mutate(source string) string {
	words := split(source)
	at := s.random.IntN(len(words))
	functions := calc.Functions()
	switch s.random.IntN(8) {
	case 0:
		words[at] = tokens[s.random.IntN(len(tokens))]
	case 1:
		words[at] = functions[s.random.IntN(len(functions))].Name
	case 2: // replace a number
		words[at] = fmt.Sprintf("%g", s.random.NormFloat64()*float64(uint64(1)<<s.random.IntN(63)))
	case 3:
		words = slices.Insert(words, at, tokens[s.random.IntN(len(tokens))])
	case 4:
		words = slices.Delete(words, at, at+1)
	case 5: // repeat a part many times
		end := min(len(words), at+1+s.random.IntN(8))
		part := slices.Clone(words[at:end])
		for range 1 << s.random.IntN(10) {
			if words = slices.Insert(words, at, part...); len(words) > calc.MaxSource {
				break
			}
		}
	case 6: // insert a part of another source
		other := split(s.best[s.random.IntN(len(s.best))].source)
		from := s.random.IntN(len(other))
		words = slices.Insert(words, at, other[from:min(len(other), from+8)]...)
	case 7:
		return "sum(" + source + ", j = 1, 1e6)"
	}
	return strings.Join(words, "")
}

// split cuts a source into names, numbers and operators.
func split(source string) []string {
	var words []string
	start := 0
	isWord := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '.'
	}
	for i := 1; i < len(source); i++ {
		if !isWord(source[i-1]) || !isWord(source[i]) {
			words = append(words, source[start:i])
			start = i
		}
	}
	return append(words, source[start:])
}
