// Package reactor makes a TinyGo guest a WASI reactor: a module whose
// _initialize runs the initialisers of its packages, and which is then called
// through its other exports. A guest imports it for its effect:
//
//	import _ "abacus/shared/reactor"
//
// Spin calls _initialize and never _start, while TinyGo 0.30 exports _start
// alone, so without this package each variable that has to be computed at run
// time would stay zero. TinyGo from 0.35 on exports _initialize by itself in
// its build mode c-shared (target wasip1), and the package does nothing.
package reactor
