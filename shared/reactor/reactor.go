// Package reactor turns a TinyGo guest into a WASI reactor: a module whose _initialize runs the
// initialisers of its packages, and whose other exports are called afterwards. It also brings the
// guest's heap. A guest imports it for its effect:
//
//	import _ "abacus/shared/reactor"
//
// Spin calls _initialize and never _start, while TinyGo 0.30 exports only _start. Without this
// package every variable that is computed at run time would stay zero. TinyGo 0.35 and newer export
// _initialize in the build mode c-shared (target wasip1), and there the package does nothing.
package reactor

import _ "abacus/shared/heap"
