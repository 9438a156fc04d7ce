// The peers that the language is measured against live in a module of their own, so the product does not depend on them.
module abacus/test/bench/language

go 1.26.0

require (
	abacus v0.0.0
	github.com/Knetic/govaluate v3.0.0+incompatible
	github.com/PaesslerAG/gval v1.2.4
	github.com/expr-lang/expr v1.17.6
)

require github.com/shopspring/decimal v1.3.1 // indirect

replace abacus => ../../..
